export { directRoomId } from './direct-room.ts';
export { MESSAGE_TEXT_LIMIT } from './limits.ts';
