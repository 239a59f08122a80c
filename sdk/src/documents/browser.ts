export { nameFault, numberedName } from './names.ts';
export { mayAs } from './roles.ts';
