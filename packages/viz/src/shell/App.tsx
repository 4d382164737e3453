/** The page: a bar on top, the room that is chosen, and the mesh beside it. */
import { ComparePage } from '../compare/ComparePage.js';
import { LessonPanel } from '../lessons/LessonPanel.js';
import { OwnPage } from '../own/OwnPage.js';
import { address } from '../state/store.js';
import { AddressProblems } from './AddressProblems.js';
import { ExplorePanel } from './ExplorePanel.js';
import { HelpDialog } from './HelpDialog.js';
import { LiveRegion } from './LiveRegion.js';
import { TopBar } from './TopBar.js';
import { useKeys } from './use-keys.js';
import { Workbench } from './Workbench.js';

export function App() {
  useKeys();
  const { room } = address.value;
  return (
    <>
      <TopBar />
      <AddressProblems />
      <main class={`room room-${room}`} id="main">
        {room === 'lesson' && <LessonPanel />}
        {room === 'explore' && <ExplorePanel />}
        {(room === 'lesson' || room === 'explore') && <Workbench />}
        {room === 'compare' && <ComparePage />}
        {room === 'own' && <OwnPage />}
      </main>
      <LiveRegion />
      <HelpDialog />
    </>
  );
}
