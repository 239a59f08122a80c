import { freePort } from '@valfri/sdk/postgres';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ensureDebian } from './debian.ts';

const START_TIMEOUT = 60_000;
const PACKAGES = ['swift-proxy', 'swift-account', 'swift-container', 'swift-object', 'memcached'];
const KINDS = ['account', 'container', 'object'] as const;

/** A real OpenStack Swift, which speaks S3 and holds every request to its signature. */
export interface Swift {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Ends the one that answers, as a power cut would; what it keeps stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  /** Ends all of it, and removes what it kept. */
  stop(): Promise<void>;
}

/** Starts it on free ports of the loopback interface, in a folder of its own. @throws PeerMissingError */
export async function startSwift(): Promise<Swift> {
  ensureDebian(PACKAGES, ['/usr/bin/swift-object-server', '/usr/bin/swift-proxy-server', '/usr/bin/memcached']);
  const directory = mkdtempSync(join(tmpdir(), 'valfri-swift-'));
  const [proxy, memcached, account, container, object] = await freePorts(5);
  const ports = { account: account!, container: container!, object: object! };
  writeConfig(directory, { proxy: proxy!, memcached: memcached!, ...ports });
  makeRings(directory, ports);
  const children = [
    start('memcached', ['-l', '127.0.0.1', '-p', String(memcached), '-U', '0', '-u', userInfo().username]),
    ...KINDS.map((kind) => startServer(directory, kind)),
  ];
  let front = startServer(directory, 'proxy');
  const endpoint = `http://127.0.0.1:${proxy}`;
  const stop = async () => {
    await Promise.all([front, ...children].map(ended));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    for (const port of Object.values(ports)) await answering(`http://127.0.0.1:${port}/healthcheck`);
    await answering(`${endpoint}/healthcheck`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ endpoint, region: REGION, accessKey: 'valfri:valfri', secretKey: SECRET, stop },
    kill: () => ended(front),
    async restart() {
      front = startServer(directory, 'proxy');
      await answering(`${endpoint}/healthcheck`);
    },
  };
}

const REGION = 'eu-north-1';
const SECRET = 'a-secret-for-tests';

async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

type Ports = Readonly<Record<'proxy' | 'memcached' | (typeof KINDS)[number], number>>;

function writeConfig(directory: string, ports: Ports): void {
  mkdirSync(join(directory, 'devices/d1'), { recursive: true });
  const write = (name: string, sections: Sections) => writeFileSync(join(directory, name), ini(sections));
  write('swift.conf', { 'swift-hash': { swift_hash_path_suffix: 'valfri', swift_hash_path_prefix: 'valfri' } });
  const common = {
    ...{ bind_ip: '127.0.0.1', swift_dir: directory, user: userInfo().username, workers: 0, log_level: 'ERROR' },
    ...{ devices: join(directory, 'devices'), mount_check: 'false', disable_fallocate: 'true' },
  };
  const recon = { use: 'egg:swift#recon', recon_cache_path: directory };
  for (const kind of KINDS) {
    write(`${kind}.conf`, {
      DEFAULT: { ...common, bind_port: ports[kind] },
      'pipeline:main': { pipeline: `healthcheck recon ${kind}-server` },
      'filter:healthcheck': { use: 'egg:swift#healthcheck' },
      'filter:recon': recon,
      [`app:${kind}-server`]: { use: `egg:swift#${kind}` },
    });
  }
  write('proxy.conf', {
    DEFAULT: { ...common, bind_port: ports.proxy },
    // Multipart uploads are its large objects; versioning, which S3 needs, wants `symlink` before it.
    'pipeline:main': {
      pipeline:
        'catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo symlink versioned_writes proxy-server',
    },
    ...Object.fromEntries(
      ['catch_errors', 'gatekeeper', 'healthcheck', 'listing_formats', 'bulk', 'copy', 'slo', 'dlo', 'symlink'].map(
        (name) => [`filter:${name}`, { use: `egg:swift#${name}` }],
      ),
    ),
    'filter:versioned_writes': { use: 'egg:swift#versioned_writes', allow_object_versioning: 'true' },
    'filter:cache': { use: 'egg:swift#memcache', memcache_servers: `127.0.0.1:${ports.memcached}` },
    'filter:s3api': { use: 'egg:swift#s3api', location: REGION },
    'filter:tempauth': { use: 'egg:swift#tempauth', user_valfri_valfri: `${SECRET} .admin` },
    'app:proxy-server': { use: 'egg:swift#proxy', account_autocreate: 'true' },
  });
}

type Sections = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

function ini(sections: Sections): string {
  return Object.entries(sections)
    .map(([name, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
      return [`[${name}]`, ...lines, ''].join('\n');
    })
    .join('\n');
}

/** Says which server has what: there is one of each kind, on one folder. */
function makeRings(directory: string, ports: Readonly<Record<string, number>>): void {
  const script = `
import sys
from swift.common.ring import RingBuilder
for kind, port in (each.split('=') for each in sys.argv[1:]):
    builder = RingBuilder(2, 1, 0)
    builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'device': 'd1', 'weight': 1.0})
    builder.rebalance()
    builder.get_ring().save(kind + '.ring.gz')`;
  const given = KINDS.map((kind) => `${kind}=${ports[kind]}`);
  execFileSync('/usr/bin/python3', ['-c', script, ...given], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function startServer(directory: string, kind: string): ChildProcess {
  return start(`/usr/bin/swift-${kind}-server`, [join(directory, `${kind}.conf`)]);
}

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.unref();
  // Whatever ends us must not leave it behind.
  process.once('exit', () => void child.kill('SIGKILL'));
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.ref();
  child.kill('SIGKILL');
  await exit;
}

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    if (Date.now() > deadline) throw new Error(`Swift did not answer in time at ${url}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
