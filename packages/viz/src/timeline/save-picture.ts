/** The timeline as a file: SVG that stands alone, or PNG at twice its size. */
import type { RolloutPicture, Span } from '../rollout/picture.js';
import { download, rolloutFile } from '../shell/download.js';
import { resultLines } from '../shell/result-lines.js';
import { words } from '../strings/index.js';
import { isLogTime } from './range.js';
import { standaloneSvg } from './standalone.js';

const WIDTH_PX = 1000;
const LANES = 12;
const PNG_SCALE = 2;

function svgOf(picture: RolloutPicture, range: Span): string {
  const lines = (run: RolloutPicture) => resultLines(run, words());
  return standaloneSvg(
    picture,
    { timeline: words().timeline.words, lines },
    { width: WIDTH_PX, lanes: LANES, range, isLog: isLogTime.peek() },
  );
}

export function saveSvg(picture: RolloutPicture, range: Span): void {
  download(rolloutFile(picture, 'svg'), svgOf(picture, range), 'image/svg+xml');
}

export async function savePng(picture: RolloutPicture, range: Span): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(picture, range))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width * PNG_SCALE;
  canvas.height = image.height * PNG_SCALE;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) download(rolloutFile(picture, 'png'), blob, 'image/png');
}
