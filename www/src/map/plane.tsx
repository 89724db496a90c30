import { useEffect, useRef } from 'preact/hooks';

import { grouped } from '../format/number';
import { key, leave, move, press, release, turn } from './gestures';
import { Hover } from './hover';
import { keepDrawing } from './picture';
import { isLasso, points } from './state';
import { Zoom } from './zoom';

/** The points and what lies over them, for mouse, fingers and keys. */
export function Plane() {
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  useEffect(() => keepDrawing(below.current!, above.current!), []);
  useEffect(() => {
    // Preact's own listener would be passive, and the page would scroll too.
    const area = above.current!;
    area.addEventListener('wheel', turn, { passive: false });
    return () => area.removeEventListener('wheel', turn);
  }, []);
  return (
    <div class="map-box" aria-busy={points.value === null}>
      <canvas ref={below} class="map-canvas" aria-hidden="true" />
      <canvas
        ref={above}
        class="map-canvas map-touch"
        data-lasso={isLasso.value}
        role="application"
        tabIndex={0}
        aria-label={label()}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={release}
        onPointerLeave={leave}
        onKeyDown={key}
      />
      <Hover />
      <Zoom />
    </div>
  );
}

function label(): string {
  const { value: all } = points;
  if (all === null) return 'Map, on its way';
  const what = `Map of ${grouped(all.count)} networks of ${all.families.length} families.`;
  return `${what} Arrow keys move it, plus and minus zoom, 0 shows all; the lists beside it say what lies where.`;
}
