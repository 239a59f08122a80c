import '../common/page.css';
import './text.css';
import { openFile } from '../common/open-file.ts';
import { showText } from './show-text.ts';

await openFile(showText);
