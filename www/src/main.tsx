// The page's start: checks the browser, starts the model, draws.

import { render } from 'preact';

import './styles/theme.css';
import './styles/base.css';
import { App } from './app';
import { Unsupported } from './shell/unsupported';
import { keepAnnouncing } from './state/announcement';
import { keepDrawing } from './graph/state';
import { keepSearching } from './graph/search';
import { keepAsking } from './state/asking';
import { keepJudging } from './state/changes';
import { keepInspecting } from './state/inspection';
import { keepKnowing } from './state/nearest';
import { keepOpening } from './state/opening';
import { keepSelection } from './state/selection';
import { startSession } from './state/session';
import { followLinks } from './state/source';
import { followTab } from './state/tab';
import { keepTheme } from './state/theme';
import { missingFeatures } from './support/features';
import { keepOffline } from './support/offline';

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
  keepInspecting();
  keepSelection();
  keepDrawing();
  keepSearching();
  keepJudging();
  keepKnowing();
  keepOffline();
  void startSession();
}
