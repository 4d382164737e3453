/** Starts the page. */
import './looks/base.css';
import './looks/shell.css';
import './looks/lesson.css';
import './looks/stage.css';
import './looks/transport.css';
import './looks/timeline.css';
import './looks/details.css';
import './looks/explore.css';
import './looks/compare.css';
import './looks/own.css';
import './looks/small.css';
import { render } from 'preact';
import { takeDrops } from './own/dropped.js';
import { App } from './shell/App.js';
import { checkLinks } from './state/link-check.js';
import { stringsLoaded } from './strings/index.js';

const root = document.getElementById('app') as HTMLElement;

takeDrops();
checkLinks();

void stringsLoaded.then(() => {
  root.replaceChildren();
  render(<App />, root);
});
