/** The page: a bar on top, the room that is chosen, and the mesh beside it. */
import { LessonPanel } from '../lessons/LessonPanel.js';
import { address } from '../state/store.js';
import { AddressProblems } from './AddressProblems.js';
import { HelpDialog } from './HelpDialog.js';
import { lazy } from './Lazy.js';
import { LiveRegion } from './LiveRegion.js';
import { TopBar } from './TopBar.js';
import { useKeys } from './use-keys.js';
import { Workbench } from './Workbench.js';

const ExplorePanel = lazy(async () => (await import('./ExplorePanel.js')).ExplorePanel);
const ComparePage = lazy(async () => (await import('../compare/ComparePage.js')).ComparePage);
const OwnPage = lazy(async () => (await import('../own/OwnPage.js')).OwnPage);

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
