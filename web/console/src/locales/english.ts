import { named } from './words.ts';

export default named(import.meta.glob('./en-US/*.json', { eager: true }));
