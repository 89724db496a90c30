// The frame around what a person does here: the tabs' views under one header.

import { DropZone } from './shell/drop-zone';
import { Footer } from './shell/footer';
import { Header } from './shell/header';
import { TabPanel } from './shell/tab-panel';
import { announcement } from './state/announcement';
import { TAB_NAMES } from './state/tab';
import { TABS } from './tabs';

/** The whole page. */
export function App() {
  return (
    <>
      <Header />
      <main>
        {TAB_NAMES.map((name) => (
          <TabPanel key={name} name={name} View={TABS[name].View} />
        ))}
        <DropZone />
      </main>
      <Footer />
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </>
  );
}
