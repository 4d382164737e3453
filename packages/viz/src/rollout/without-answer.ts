/** A rollout to predict: messages and pushes are there, what comes of them is not. */
import type { RolloutPicture } from './picture.js';

export function withoutAnswer(picture: RolloutPicture): RolloutPicture {
  return { ...picture, failing: [], sampled: [], sampledWindows: [], requestCuts: [], windows: [], errorRate: [] };
}
