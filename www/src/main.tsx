// The page's start: checks the browser, starts the model, draws.

import { render } from 'preact';

import './styles/theme.css';
import './styles/base.css';
import { App } from './app';
import { Unsupported } from './shell/unsupported';
import { keepAnnouncing } from './state/announcement';
import { keepAsking } from './state/asking';
import { keepOpening } from './state/opening';
import { startSession } from './state/session';
import { followLinks } from './state/source';
import { followTab } from './state/tab';
import { keepTheme } from './state/theme';
import { missingFeatures } from './support/features';

const root = document.getElementById('root')!;
const missing = missingFeatures();

keepTheme();
if (missing.length > 0) {
  render(<Unsupported missing={missing} />, root);
} else {
  followLinks();
  followTab();
  render(<App />, root);
  keepAsking();
  keepOpening();
  keepAnnouncing();
  void startSession();
}
