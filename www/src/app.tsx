// The frame around what a person does here. Each thing to do is a folder with one view: predict/ is
// the first; the next ones stand beside it and get a tab in the header.

import { Predict } from './predict/predict';
import { DropZone } from './shell/drop-zone';
import { Footer } from './shell/footer';
import { Header } from './shell/header';
import { announcement } from './state/announcement';

/** The whole page. */
export function App() {
  return (
    <>
      <Header />
      <main>
        <Predict />
        <DropZone />
      </main>
      <Footer />
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </>
  );
}
