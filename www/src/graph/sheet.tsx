import { useEffect, useRef } from 'preact/hooks';

import { GraphBox } from './box';
import { drawnOutline } from './drawn';
import { FarBoxes } from './far';
import { Lines } from './lines';
import * as pointing from './pointing';
import { focused } from './state';
import { boxesInSight, frame, goHome, isFar, transform } from './view';

/** The drawing itself. */
export function Sheet() {
  const ref = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const sheet = ref.current!;
    // not passive, so that the wheel can scale instead of scrolling
    sheet.addEventListener('wheel', pointing.turn, { passive: false });
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = sheet;
      const isFirst = frame.peek().width === 0;
      frame.value = { width, height };
      if (isFirst) goHome();
    });
    observer.observe(sheet);
    return () => observer.disconnect();
  }, []);
  return (
    <svg
      ref={ref}
      class={pointing.isActive.value ? 'graph-sheet is-active' : 'graph-sheet'}
      role="group"
      aria-label="Graph of the network: arrow keys go from box to box"
      onPointerDown={pointing.press}
      onPointerMove={pointing.drag}
      onPointerUp={pointing.release}
      onPointerCancel={pointing.release}
      onPointerLeave={pointing.leave}
      onClick={pointing.click}
      onKeyDown={pointing.key}
      onFocusIn={() => {
        pointing.isActive.value = true;
      }}
      onFocusOut={() => {
        pointing.isActive.value = false;
      }}
    >
      <g transform={transform}>
        <Lines />
        <Boxes />
      </g>
    </svg>
  );
}

/** The boxes in sight; of them, one is a stop of the Tab key. */
function Boxes() {
  const { value: boxes } = boxesInSight;
  const { value: outline } = drawnOutline;
  if (outline === null) return null;
  if (isFar.value) return <FarBoxes boxes={boxes} outline={outline} />;
  const isThere = boxes.some(({ item }) => item === focused.value);
  const stop = isThere ? focused.value : boxes[0]?.item;
  return (
    <>
      {boxes.map((box) => (
        <GraphBox key={box.item} box={box} outline={outline} isStop={box.item === stop} />
      ))}
    </>
  );
}
