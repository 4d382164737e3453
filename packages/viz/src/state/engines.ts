/** Two engines: one for what is seen, one for the many trials of a comparison, so that neither waits for the other. */
import { EngineClient } from '../engine/client.js';
import { newEngineWorker } from '../engine/new-worker.js';

const STAGE_LIMIT_MS = 30_000;
const COMPARE_LIMIT_MS = 600_000;

export const stageEngine = new EngineClient(newEngineWorker, STAGE_LIMIT_MS);
export const compareEngine = new EngineClient(newEngineWorker, COMPARE_LIMIT_MS);
