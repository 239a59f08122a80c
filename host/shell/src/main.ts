import { applyPreferences } from './state/preferences.ts';
import { startRouter } from './router.ts';
import { bootstrap } from './state/bootstrap.ts';
import { firstFrame } from './state/first-frame.ts';
import { loadRooms } from './state/chat/rooms.ts';
import { startSending } from './state/chat/sending.ts';
import { goLive } from './state/live.ts';
import './app.ts';

applyPreferences();
startRouter();
const person = bootstrap.session.signedIn;
if (person && !person.needsPassword) {
  void firstFrame.then(() => {
    goLive();
    startSending();
  });
  if (bootstrap.rooms === undefined) void loadRooms();
}
