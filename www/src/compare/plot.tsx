import './plot.css';
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { rowSentence } from '../format/comparison';
import { openRow } from '../state/leaving';
import { listed } from '../state/list';
import { frame, walkFront } from '../state/plot';
import { chosen, choose, costKey, current, onFront, plotted } from '../state/standing';
import { isDark } from '../state/theme';
import { cleared, coloursOf, nearestTo, paintAxes, paintMarks, paintPoints, placesOf, type Places } from './paint';
import { PlotHead } from './plot-head';

/** Pixels from a point within which it is pointed at. */
const REACH = 24;

/** Accuracy against cost, with the networks that no other beats in both. */
export function Plot() {
  const box = useRef<HTMLDivElement>(null);
  const points = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  const places = useSignal<Places | null>(null);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (box.current === null) return;
      const { clientWidth: width, clientHeight: height } = box.current;
      size.value = { width, height };
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);

  useSignalEffect(() => {
    const { width, height } = size.value;
    const { value: axes } = frame;
    void isDark.value; // other colours
    if (width === 0 || axes === null) return;
    const context = cleared(points.current!, width, height);
    const colours = coloursOf(box.current!);
    const { fontFamily, fontSize } = getComputedStyle(box.current!);
    paintAxes(context, axes, colours, `${fontSize} ${fontFamily}`, width, height);
    const found = placesOf(listed.value, plotted.value, costKey.value, axes, width, height);
    paintPoints(context, found, onFront.value, colours);
    places.value = found;
  });

  useSignalEffect(() => {
    const { width, height } = size.value;
    if (width === 0 || places.value === null) return;
    const context = cleared(marks.current!, width, height);
    paintMarks(context, places.value, chosen.value, current.value, coloursOf(box.current!));
  });

  const point = (event: PointerEvent) => {
    if (places.peek() === null) return;
    const { left, top } = box.current!.getBoundingClientRect();
    const found = nearestTo(places.peek()!, event.clientX - left, event.clientY - top, REACH);
    if (found !== null) current.value = found;
  };

  const { value: now } = current;
  const row = now === null ? undefined : listed.value[now];
  return (
    <section class="plot" aria-labelledby="plot-title">
      <PlotHead />
      <div
        ref={box}
        class="plot-box"
        role="application"
        tabIndex={0}
        aria-label="Plot; left and right walk along the front, Space chooses, Enter shows one on Predict"
        onPointerMove={point}
        onPointerDown={point}
        onClick={() => now !== null && choose(now)}
        onKeyDown={walk}
      >
        <canvas ref={points} aria-hidden="true" />
        <canvas ref={marks} aria-hidden="true" />
      </div>
      <p class="plot-words" role="status">
        {row === undefined ? 'The line joins the networks that no other beats in both.' : rowSentence(row)}
      </p>
    </section>
  );
}

function walk(event: KeyboardEvent): void {
  if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    walkFront(event.key === 'ArrowRight' ? 1 : -1);
  } else if (event.key === ' ' && current.peek() !== null) {
    choose(current.peek()!);
  } else if (event.key === 'Enter' && current.peek() !== null) {
    openRow(current.peek()!);
  } else {
    return;
  }
  event.preventDefault();
}
