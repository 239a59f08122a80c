import '../common/page.css';
import './fonts.ts';
import './docx.css';
import '@eigenpal/docx-editor-react/styles.css';
import { openFile } from '../common/open-file.ts';
import { showDocx } from './show-docx.tsx';

await openFile(showDocx);
