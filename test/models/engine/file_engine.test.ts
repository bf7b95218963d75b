import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import fs from 'fs-extra';
import { FileEngine, type FileEngineOptions } from '../../../models/engine/file_engine.js';
import { StorageCorruptError, StorageUnavailableError } from '../../../models/engine/storage_engine.js';
import { FaultyDisk } from '../../support/faulty_fs.js';
import { useTempFolder } from '../../support/temp_folder.js';
import { CONTRACT_INDEXES, describeEngine } from './contract.js';

const HEADER = '{"format":"gatehouse","version":1,"model":"Thing"}\n';

describe('file_engine', () => {
  const folder = useTempFolder();
  const file = (): string => join(folder(), 'Thing.jsonl');
  let warnings: string[] = [];
  beforeEach(() => {
    warnings = [];
  });

  function open(options: Partial<FileEngineOptions> = {}): Promise<FileEngine> {
    const warn = (message: string): void => void warnings.push(message);
    return FileEngine.open({ folder: folder(), model: 'Thing', indexes: CONTRACT_INDEXES, warn, ...options });
  }

  /** Opens, does something, closes. */
  async function withEngine<T>(work: (engine: FileEngine) => Promise<T>): Promise<T> {
    const engine = await open();
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  }

  async function openingError(text: string | Buffer): Promise<Error> {
    await fs.writeFile(file(), text);
    return open().then(
      async (engine) => {
        await engine.close();
        throw new Error('it opened');
      },
      (error: Error) => error,
    );
  }

  describeEngine('file_engine', () => open());

  it('writes a header and one line per change that a person can read', async () => {
    await withEngine(async (engine) => {
      await engine.put({ id: 'a', name: 'Ann' });
      await engine.update('a', { name: 'Zoë' });
      await engine.delete('a');
    });

    expect(await fs.readFile(file(), 'utf8')).to.equal(
      `${HEADER}{"id":"a","name":"Ann"}\n{"id":"a","name":"Zoë"}\n{"id":"a","deleted":true}\n`,
    );
  });

  it('has everything again after it was closed and opened, in the same order and behind the same indexes', async () => {
    await withEngine(async (engine) => {
      for (const id of ['c', 'a', 'b', 'd']) await engine.put({ id, email: `${id}@example.com`, group: 'g' });
      await engine.update('c', { name: 'changed' });
      await engine.delete('a');
    });

    await withEngine(async (engine) => {
      expect((await engine.all()).map(({ id }) => id)).to.deep.equal(['c', 'b', 'd']);
      expect((await engine.find('email', 'C@example.com'))[0]?.['name']).to.equal('changed');
      expect(await engine.find('email', 'a@example.com')).to.deep.equal([]);
      expect(await engine.find('group', 'g')).to.have.length(3);
      expect(warnings).to.deep.equal([]);
    });
  });

  it('keeps attributes that a newer version wrote through a load and a change', async () => {
    await fs.writeFile(file(), `${HEADER}{"id":"a","name":"Ann","future":{"x":[1]}}\n`);

    await withEngine((engine) => engine.update('a', { name: 'Bob' }));

    await withEngine(async (engine) => {
      expect(await engine.get('a')).to.deep.equal({ id: 'a', name: 'Bob', future: { x: [1] } });
    });
  });

  it('does not show a record before it is on the disk', async () => {
    await withEngine(async (engine) => {
      const write = engine.put({ id: 'a' });

      expect(await engine.get('a')).to.equal(null);
      await write;
      expect(await engine.get('a')).to.deep.equal({ id: 'a' });
    });
  });

  it('shares one sync among writers that write again as soon as they are answered, whoever began first', async () => {
    const disk = new FaultyDisk();
    const engine = await open({ fs: disk.fs });
    const before = disk.used('datasync');
    const writer = async (name: number): Promise<void> => {
      for (let i = 0; i < 20; i += 1) {
        await engine.put({ id: `${name}-${i}` });
        // As much as a request has to do between two writes.
        for (let ticks = 0; ticks < 10; ticks += 1) await Promise.resolve();
      }
    };

    const first = writer(0);
    await nextTurn();
    await nextTurn();
    await Promise.all([first, ...Array.from({ length: 9 }, (_, i) => writer(i + 1))]);

    expect(await engine.count()).to.equal(200);
    expect(disk.used('datasync') - before).to.be.within(20, 25);
    await engine.close();
  });

  it('keeps what was written before close was called, and refuses what comes after', async () => {
    const engine = await open();
    const write = engine.put({ id: 'a' });
    await engine.close();
    await write;

    expect(await engine.put({ id: 'b' }).catch((error: unknown) => error)).to.be.instanceOf(
      StorageUnavailableError,
    );
    await withEngine(async (again) => expect((await again.all()).map(({ id }) => id)).to.deep.equal(['a']));
  });

  it('cuts off a torn last line at every byte, says so, and keeps every whole line', async () => {
    const whole = `${HEADER}{"id":"a","name":"Ann"}\n{"id":"b"}\n`;
    const last = '{"id":"c","name":"Zoë"}\n{"id":"a","deleted":true}\n';
    const bytes = Buffer.from(whole + last);
    for (let length = Buffer.byteLength(whole); length <= bytes.length; length += 1) {
      warnings = [];
      const kept = bytes.subarray(0, length);
      await fs.writeFile(file(), kept);
      const newline = kept.lastIndexOf(10) + 1;

      const ids = await withEngine(async (engine) => (await engine.all()).map(({ id }) => id));

      const lines = kept.subarray(0, newline).toString().split('\n').length - 1;
      expect(ids).to.deep.equal({ 3: ['a', 'b'], 4: ['a', 'b', 'c'], 5: ['b', 'c'] }[lines]);
      expect(warnings).to.have.length(newline === length ? 0 : 1);
      if (newline < length)
        expect(warnings[0])
          .to.contain(`line ${lines + 1}`)
          .and.contain('cut off');
      expect((await fs.stat(file())).size).to.equal(newline);
    }
  });

  it('starts an empty file or a torn header as an empty store with a warning, at every byte', async () => {
    for (let length = 0; length < HEADER.length; length += 1) {
      warnings = [];
      await fs.writeFile(file(), HEADER.slice(0, length));

      await withEngine(async (engine) => expect(await engine.count()).to.equal(0));

      expect(warnings, `at ${length} bytes`).to.have.length(1);
      expect(await fs.readFile(file(), 'utf8')).to.equal(HEADER);
    }
  });

  const bad: Record<string, [text: string | Buffer, line: number, reason: RegExp]> = {
    'a line that is no JSON': [`${HEADER}{"id":"a"}\nnonsense\n{"id":"b"}\n`, 3, /not valid JSON/],
    'an empty line': [`${HEADER}\n{"id":"b"}\n`, 2, /not valid JSON/],
    'a line of zeros': [`${HEADER}{"id":"a"}\n\0\0\0\n`, 3, /not valid JSON/],
    'a list': [`${HEADER}[1]\n`, 2, /no record/],
    'a number': [`${HEADER}1\n`, 2, /no record/],
    null: [`${HEADER}null\n`, 2, /no record/],
    'a record without an id': [`${HEADER}{"name":"Ann"}\n`, 2, /no record/],
    'an id that is no text': [`${HEADER}{"id":5}\n`, 2, /no record/],
    'broken UTF-8': [
      Buffer.concat([Buffer.from(`${HEADER}{"id":"é`), Buffer.from([0xff]), Buffer.from('"}\n')]),
      2,
      /UTF-8/,
    ],
    'two records with one unique value': [
      `${HEADER}{"id":"a","email":"x"}\n{"id":"b","email":"X"}\n`,
      3,
      /same email/,
    ],
    'a file without a header': ['{"id":"a"}\n', 1, /header/],
    'a foreign file': ['hello world, this is no store of ours at all, is it?\n', 1, /JSON/],
    'a foreign file without a newline': ['hello', 1, /header/],
    "another model's file": [HEADER.replace('Thing', 'Other'), 1, /Other/],
    'a newer format': [HEADER.replace('1', '2'), 1, /newer/],
  };
  for (const [what, [text, line, reason]] of Object.entries(bad)) {
    it(`refuses to start on ${what}, names file and line, and changes nothing`, async () => {
      const error = await openingError(text);

      expect(error).to.be.instanceOf(StorageCorruptError);
      expect(error.message).to.contain(`${file()}, line ${line} `).and.match(reason);
      expect(await fs.readFile(file())).to.deep.equal(Buffer.from(text));
    });
  }

  it('reads a file whose lines and characters are cut by the size of a read', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) =>
      JSON.stringify({ id: `${i}`, text: 'é'.repeat(700) }),
    );
    await fs.writeFile(file(), `${HEADER}${lines.join('\n')}\n`);

    await withEngine(async (engine) => {
      expect(await engine.count()).to.equal(3000);
      expect((await engine.get('2999'))?.['text']).to.equal('é'.repeat(700));
    });
  });

  it('makes its file readable for the owner alone, also one that was not', async () => {
    await fs.writeFile(file(), HEADER, { mode: 0o644 });

    await withEngine(async () => {});
    const old = (await fs.stat(file())).mode & 0o777;
    await fs.remove(file());
    await withEngine(async () => {});

    expect([old, (await fs.stat(file())).mode & 0o777]).to.deep.equal([0o600, 0o600]);
  });

  it('is a valid backup at any moment: a copy of the folder opens with everything acknowledged before it', async () => {
    const engine = await open({ compactAt: 10 });
    const copies = join(folder(), '..', `${folder().split('/').pop()}-copies`);
    const acknowledged: number[] = [];
    const writer = (async () => {
      for (let i = 0; i < 400; i += 1) {
        await Promise.all([
          engine.put({ id: 'counter', value: i }),
          engine.put({ id: `r${i % 40}`, value: i }),
        ]);
        acknowledged.push(i);
      }
    })();
    try {
      for (let copy = 0; copy < 10; copy += 1) {
        const before = acknowledged.at(-1) ?? -1;
        const target = join(copies, `${copy}`);
        await fs.ensureDir(target);
        await fs.copyFile(file(), join(target, 'Thing.jsonl'));

        const restored = await FileEngine.open({ folder: target, model: 'Thing', indexes: CONTRACT_INDEXES });
        const value = (await restored.get('counter'))?.['value'] ?? -1;
        await restored.close();

        expect(value).to.be.at.least(before);
      }
    } finally {
      await writer;
      await engine.close();
      await fs.remove(copies);
    }
  });
});
