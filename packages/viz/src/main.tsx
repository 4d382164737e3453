/** Starts the page. */
import './page.css';
import { render } from 'preact';
import { App } from './shell/App.js';
import { stringsLoaded } from './strings/index.js';

const root = document.getElementById('app') as HTMLElement;

void stringsLoaded.then(() => {
  root.replaceChildren();
  render(<App />, root);
});
