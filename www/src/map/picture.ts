// Keeps the two canvases equal to the state: points below, what lies over them above. At most one
// picture a frame, and the points only where something about them has changed.

import { effect } from '@preact/signals';

import { isDark } from '../state/theme';
import { drawMarks, drawPoints } from './draw';
import {
  camera,
  chosen,
  current,
  hovered,
  isShown,
  loop,
  names,
  painted,
  points,
  size,
  standsOut,
  wholeMap,
} from './state';

/** Sharper than this, a screen shows no more. */
const MAX_DENSITY = 2;

/** Starts to draw; the function that is given back ends it. */
export function keepDrawing(below: HTMLCanvasElement, above: HTMLCanvasElement): () => void {
  const box = below.parentElement!;
  const measure = () => {
    const { clientWidth: width, clientHeight: height } = box;
    if (width > 0) size.value = { width, height };
  };
  const observer = new ResizeObserver(measure);
  observer.observe(box);
  measure();
  const ends = [eachFrame(() => drawBelow(below)), eachFrame(() => drawAbove(above))];
  return () => {
    observer.disconnect();
    ends.forEach((end) => end());
  };
}

/** Draws now and, in the next frame, after what it read has changed. */
function eachFrame(plan: () => () => void): () => void {
  let draw: () => void = () => {};
  let frame = 0;
  const end = effect(() => {
    draw = plan();
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  });
  return () => {
    end();
    cancelAnimationFrame(frame);
  };
}

function drawBelow(canvas: HTMLCanvasElement): () => void {
  const scene = sceneNow();
  const { value: paint } = painted;
  const { value: shown } = isShown;
  const { value: out } = standsOut;
  isDark.value; // the paper follows the theme
  return () => {
    if (scene === null || paint === null) return;
    drawPoints(fitted(canvas, scene), {
      ...scene,
      paint,
      isShown: shown,
      standsOut: out,
      paper: colourOf('--sheet'),
    });
  };
}

function drawAbove(canvas: HTMLCanvasElement): () => void {
  const scene = sceneNow();
  isDark.value; // the inks follow the theme
  const marks = {
    current: current.value,
    chosen: chosen.value,
    hovered: hovered.value,
    loop: loop.value,
    names: names.value,
  };
  return () => {
    if (scene === null) return;
    drawMarks(fitted(canvas, scene), scene, { ...marks, ...inks() });
  };
}

function sceneNow() {
  const { value: all } = points;
  if (all === null || size.value.width === 0) return null;
  const density = Math.min(devicePixelRatio, MAX_DENSITY);
  return { points: all, camera: camera.value, home: wholeMap.value, size: size.value, density };
}

/** The canvas in the scene's size, to draw on. */
function fitted(
  canvas: HTMLCanvasElement,
  { size: { width, height }, density }: { size: { width: number; height: number }; density: number },
): CanvasRenderingContext2D {
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  return canvas.getContext('2d')!;
}

/** The page's colours, as a canvas takes them. */
function inks(): { ink: string; paper: string; accent: string } {
  return { ink: colourOf('--ink'), paper: colourOf('--sheet'), accent: colourOf('--map-current') };
}

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
