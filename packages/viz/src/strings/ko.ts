import { en, type Strings } from './en.js';
export const ko: Strings = en;
