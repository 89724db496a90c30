// The worker that lays graphs out, so that the page stays free however large they are.

import { layOut, type LayoutRequest } from './layout';

addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  postMessage(layOut(data));
});
