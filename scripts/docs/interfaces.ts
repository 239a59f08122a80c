import { readFileSync } from 'node:fs';
import ts from 'typescript';

const BLOCK = /<!-- (\w+) of (\S+) -->\n[\s\S]*?<!-- end -->/g;

/** A page in which each `<!-- Name of file -->` … `<!-- end -->` holds the members of that interface, as the code has them. */
export function withInterfaces(page: string): string {
  return page.replace(BLOCK, (_, name: string, path: string) => {
    const rows = membersOf(path, name).map(({ signature, text }) => `| \`${signature}\` | ${text} |`);
    return [`<!-- ${name} of ${path} -->`, '', '| Member | |', '| --- | --- |', ...rows, '', '<!-- end -->'].join('\n');
  });
}

/** The members of an interface: how each is written, and what its docstring says. */
function membersOf(path: string, name: string): { readonly signature: string; readonly text: string }[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  if (!found || !ts.isInterfaceDeclaration(found)) throw new Error(`${path} has no interface ${name}`);
  return found.members.map((member) => ({
    signature: cell(
      member
        .getText(source)
        .replace(/^readonly /, '')
        .replace(/;$/, ''),
    ),
    text: cell(docOf(member)),
  }));
}

function docOf(member: ts.Node): string {
  const parts = ts.getJSDocCommentsAndTags(member).flatMap((doc) => {
    if (!ts.isJSDoc(doc)) return [];
    const tags = (doc.tags ?? []).map(
      (tag) => `${tag.tagName.text === 'throws' ? 'Throws' : ''} ${textOf(tag.comment)}`,
    );
    return [textOf(doc.comment), ...tags];
  });
  return parts.join(' ').replace(/\{@link ([\w.]+)\}/g, '`$1`');
}

function textOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return ts.getTextOfJSDocComment(comment) ?? '';
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}
