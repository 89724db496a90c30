// Draws points, pixel by pixel, and what lies over them, as a canvas draws.

import { toPixels, type Camera, type Place, type Size } from './camera';
import type { Paint } from './colours';
import { drawNames, type FamilyName } from './names';
import { uncovered, wholeOf, type Part } from './part';
import type { Points } from './points';
import { blank, blend, coverageOf, pixelOf, type Raster } from './raster';

/** All that the points' picture depends on. */
export interface Scene {
  points: Points;
  paint: Paint;
  isShown: readonly boolean[];
  /** 1 for each point that stands out, the others are faint then; null where all are alike. */
  standsOut: Uint8Array | null;
  camera: Camera;
  /** The camera that sees all. */
  home: Camera;
  size: Size;
  /** The colour below the points, `#` and digits. */
  paper: string;
  /** Pixels of the screen in one of CSS. */
  density: number;
}

/** What lies over the points. */
export interface Marks {
  current: Place | null;
  chosen: readonly number[];
  hovered: number | null;
  loop: readonly Place[];
  names: readonly FamilyName[];
  ink: string;
  paper: string;
  accent: string;
}

const OPACITY = 0.75;
/** What is left of that where other points stand out. */
const FAINT = 0.2;
/** More rings than this would hide the points in them. */
const MAX_RINGS = 12;
/** Coprime to any count of points below it: points of all families take turns, none lies over the rest. */
const STRIDE = 104_729;

/** What was drawn last, and where. */
let before: { context: CanvasRenderingContext2D; scene: Scene } | null = null;

/**
 * Draws all points that are shown, those that stand out over the others. Of a picture that was only
 * pushed, what is still in sight is moved, and what came into sight drawn.
 */
export function drawPoints(context: CanvasRenderingContext2D, scene: Scene): void {
  const push = before?.context === context ? pushBetween(before.scene, scene) : null;
  before = { context, scene };
  const whole = wholeOf(scene);
  if (push === null) return drawPart(context, scene, whole);
  context.globalCompositeOperation = 'copy';
  context.drawImage(context.canvas, push.x, push.y);
  context.globalCompositeOperation = 'source-over';
  for (const part of uncovered(whole, push)) drawPart(context, scene, part);
}

/** By how many pixels `next` is `last` pushed; null where more has changed. */
function pushBetween(last: Scene, next: Scene): Place | null {
  const { camera, ...rest } = next;
  const isSame = Object.entries(rest).every(([key, value]) => last[key as keyof Scene] === value);
  if (!isSame || last.camera.scale !== camera.scale) return null;
  const [from, to] = [originOf(last), originOf(next)];
  return { x: to.x - from.x, y: to.y - from.y };
}

/** Where the plane's origin lies. Whole pixels: a push moves every point equally. */
function originOf({ camera, size, density }: Scene): Place {
  const scale = camera.scale * density;
  return {
    x: Math.round(Math.round(size.width * density) / 2 - camera.x * scale),
    y: Math.round(Math.round(size.height * density) / 2 - camera.y * scale),
  };
}

/** Draws what lies in a part of the picture. */
function drawPart(context: CanvasRenderingContext2D, scene: Scene, part: Part): void {
  const raster = blank(part.width, part.height, pixelOf(scene.paper));
  if (scene.standsOut === null) drawSome(raster, scene, { part, opacity: OPACITY, only: null });
  else {
    drawSome(raster, scene, { part, opacity: OPACITY * FAINT, only: 0 });
    drawSome(raster, scene, { part, opacity: OPACITY, only: 1 });
  }
  context.putImageData(raster.image, part.left, part.top);
}

/** Draws the shown points of which `standsOut` says `only`; all where that is null. */
function drawSome(
  raster: Raster,
  scene: Scene,
  { part, opacity, only }: { part: Part; opacity: number; only: 0 | 1 | null },
): void {
  const { points, paint, isShown, standsOut, camera, density } = scene;
  const radius = radiusOf(scene) * density;
  const [disc, square] = [false, true].map((isSquare) => coverageOf({ isSquare }, radius, opacity));
  const coverages = paint.looks.map(({ isSquare }) => (isSquare ? square! : disc!));
  const pixels = paint.looks.map(({ colour }) => pixelOf(colour));
  const { width, height } = part;
  const { side } = disc!;
  const scale = camera.scale * density;
  const origin = originOf(scene);
  const [x0, y0] = [origin.x - side / 2 - part.left, origin.y - side / 2 - part.top];
  const { x, y, family, count } = points;
  for (let turn = 0, idx = 0; turn < count; turn++, idx = (idx + STRIDE) % count) {
    const left = Math.round(x[idx]! * scale) + x0;
    const top = Math.round(y[idx]! * scale) + y0;
    if (left <= -side || top <= -side || left >= width || top >= height) continue;
    if (!isShown[family[idx]!] || (only !== null && standsOut![idx] !== only)) continue;
    const look = paint.look[idx]!;
    blend(raster, coverages[look]!, { left, top, pixel: pixels[look]! });
  }
}

/** Points grow with the zoom, but slower. */
export function radiusOf({ camera, home }: Pick<Scene, 'camera' | 'home'>): number {
  return Math.min(Math.max(1.7 * (camera.scale / home.scale) ** 0.4, 1.4), 6);
}

/** Draws the network in question, what was chosen, and the loop that is being drawn. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  scene: Omit<Scene, 'paint' | 'isShown' | 'standsOut' | 'paper'>,
  marks: Marks,
): void {
  const { points, camera, size, density } = scene;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  drawNames(context, marks.names, { camera, size, ...marks });
  const radius = radiusOf(scene);
  const at = (idx: number) => toPixels(camera, size, { x: points.x[idx]!, y: points.y[idx]! });
  context.lineWidth = 1.5;
  context.strokeStyle = marks.ink;
  if (marks.chosen.length <= MAX_RINGS) for (const idx of marks.chosen) ring(context, at(idx), radius + 1);
  if (marks.hovered !== null) ring(context, at(marks.hovered), radius + 2.5);
  if (marks.loop.length > 1) drawLoop(context, marks);
  if (marks.current !== null) drawCurrent(context, toPixels(camera, size, marks.current), marks);
}

function ring(context: CanvasRenderingContext2D, { x, y }: Place, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/** A ring and a dot on paper, so that they are seen among any points. */
function drawCurrent(context: CanvasRenderingContext2D, place: Place, marks: Marks): void {
  const { x, y } = place;
  context.lineWidth = 7;
  context.strokeStyle = marks.paper;
  ring(context, place, 11);
  context.lineWidth = 3;
  context.strokeStyle = marks.accent;
  ring(context, place, 11);
  context.beginPath();
  context.arc(x, y, 4.5, 0, 2 * Math.PI);
  context.fillStyle = marks.accent;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = marks.paper;
  context.stroke();
}

function drawLoop(context: CanvasRenderingContext2D, { loop, accent }: Marks): void {
  context.beginPath();
  loop.forEach(({ x, y }) => context.lineTo(x, y));
  context.closePath();
  context.fillStyle = accent;
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = accent;
  context.stroke();
}
