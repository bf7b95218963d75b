import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fs from 'fs-extra';
import { FolderLock } from '../../../models/engine/folder_lock.js';
import { openStorage, useMemory } from '../../../models/storage.js';
import { User } from '../../../models/user.js';
import { useTempFolder } from '../../support/temp_folder.js';

const REPAIR = fileURLToPath(new URL('../../../api/cli/repair.js', import.meta.url));
const HEADER = '{"format":"gatehouse","version":1,"model":"User"}\n';
const SESSIONS = '{"format":"gatehouse","version":1,"model":"UserSession"}\n';

describe('npm run repair', () => {
  const folder = useTempFolder();
  const file = (): string => join(folder(), 'User.jsonl');
  afterEach(useMemory);

  function repair(...args: string[]): Promise<{ code: number; output: string }> {
    return new Promise((done) => {
      execFile(
        process.execPath,
        [REPAIR, ...args],
        { env: { STORAGE_DIR: folder() } },
        (error, stdout, stderr) => {
          done({ code: error ? Number(error.code) : 0, output: stdout + stderr });
        },
      );
    });
  }

  /** The emails that a start finds. */
  async function started(): Promise<unknown[]> {
    const storage = await openStorage({ folder: folder(), durableSessions: true, warn: () => {} });
    const emails = (await User.all()).map(({ email }) => email);
    await storage.close();
    return emails;
  }

  async function rejected(): Promise<Buffer[]> {
    const files = (await fs.readdir(folder())).filter((name) => name.includes('.rejected-')).toSorted();
    return Promise.all(files.map((name) => fs.readFile(join(folder(), name))));
  }

  it('finds a store that was closed well to be sound', async () => {
    const storage = await openStorage({ folder: folder(), durableSessions: true, warn: () => {} });
    await new User({ email: 'a@x' }).save();
    await storage.close();

    const { code, output } = await repair();

    expect([code, output]).to.deep.equal([
      0,
      [
        `${file()}: sound, 1 records\n`,
        `${join(folder(), 'UserSession.jsonl')}: sound, 0 records\n`,
        `${join(folder(), 'ThrottleEntry.jsonl')}: sound, 0 records\n`,
      ].join(''),
    ]);
  });

  it('says what is wrong in which line of which file, and changes nothing', async () => {
    const text = `${HEADER}{"id":"a","email":"a@x"}\nnonsense\n[]\n{"id":"b","email":"A@X"}\n{"id":"c","em`;
    await fs.writeFile(file(), text);

    const { code, output } = await repair();

    expect(code).to.equal(1);
    expect(output).to.contain(`${file()}, line 3: is not valid JSON\n`);
    expect(output).to.contain(`${file()}, line 4: is JSON but no record`);
    expect(output).to.contain(`${file()}, line 5: has the same email as an earlier record\n`);
    expect(output).to.contain(`${file()}, line 6: is torn`);
    expect(output).to.contain('UserSession.jsonl: not there');
    expect(await fs.readFile(file(), 'utf8')).to.equal(text);
    expect(await fs.readdir(folder())).to.deep.equal(['User.jsonl']);
  });

  it('sets bad lines aside, byte for byte, and leaves a store that starts', async () => {
    const bad = [
      Buffer.from('nonsense\n'),
      Buffer.from([0x7b, 0xff, 0x0a]),
      Buffer.from('{"id":"b","email":"A@X"}\n'),
    ];
    const good = ['{"id":"a","email":"a@x"}\n', '{"id":"c","email":"c@x"}\n'].map((line) =>
      Buffer.from(line),
    );
    await fs.writeFile(
      file(),
      Buffer.concat([Buffer.from(HEADER), good[0]!, ...bad, good[1]!, Buffer.from('{"id')]),
    );

    const { code, output } = await repair('--write');

    expect(code).to.equal(0);
    expect(output).to.contain('2 records kept').and.contain('4 lines set aside');
    expect(await rejected()).to.deep.equal([Buffer.concat([...bad, Buffer.from('{"id')])]);
    expect(await fs.readFile(file())).to.deep.equal(Buffer.concat([Buffer.from(HEADER), ...good]));
    expect((await fs.stat(file())).mode & 0o777).to.equal(0o600);
    expect(await started()).to.deep.equal(['a@x', 'c@x']);
    expect((await repair()).code).to.equal(0);
  });

  it('keeps a record that stands where the header should be, and heals an empty or torn beginning', async () => {
    for (const [text, emails] of [
      ['{"id":"a","email":"a@x"}\n{"id":"b","email":"b@x"}\n', ['a@x', 'b@x']],
      ['', []],
      ['{"format":"gate', []],
      ['not a store\n', []],
    ] as const) {
      await fs.emptyDir(folder());
      await fs.writeFile(file(), text);

      expect((await repair('--write')).code).to.equal(0);
      expect(await started()).to.deep.equal(emails);
    }
  });

  for (const [what, header] of [
    ['a newer version', HEADER.replace('1', '9')],
    ['another model', SESSIONS],
  ] as const) {
    it(`does not touch anything when a file belongs to ${what}`, async () => {
      await fs.writeFile(file(), `${header}nonsense\n`);

      const { code, output } = await repair('--write');

      expect(code).to.equal(1);
      expect(output).to.contain('Nothing was changed');
      expect(await fs.readFile(file(), 'utf8')).to.equal(`${header}nonsense\n`);
    });
  }

  it('does not touch a newer file either whose first line is torn or begins with a byte order mark', async () => {
    const newer = HEADER.replace('1', '9');
    for (const text of [newer.trimEnd(), `\uFEFF${newer}`]) {
      await fs.writeFile(file(), text);

      expect((await repair('--write')).code).to.equal(1);
      expect(await fs.readFile(file(), 'utf8')).to.equal(text);
    }
  });

  it('leaves the file to its owner, and a link a link', async () => {
    const elsewhere = join(folder(), 'elsewhere');
    await fs.outputFile(join(elsewhere, 'User.jsonl'), `${HEADER}nonsense\n`);
    if (process.getuid?.() === 0) await fs.chown(join(elsewhere, 'User.jsonl'), 1234, 1234);
    const { uid } = await fs.stat(join(elsewhere, 'User.jsonl'));
    await fs.symlink(join(elsewhere, 'User.jsonl'), file());

    expect((await repair('--write')).code).to.equal(0);

    expect((await fs.lstat(file())).isSymbolicLink()).to.equal(true);
    expect(await fs.readFile(join(elsewhere, 'User.jsonl'), 'utf8')).to.equal(HEADER);
    expect((await fs.stat(join(elsewhere, 'User.jsonl'))).uid).to.equal(uid);
  });

  it('says so when there is no such folder, and makes none', async () => {
    await fs.remove(folder());

    const { code, output } = await repair();

    expect(code).to.equal(1);
    expect(output).to.contain('there is no such folder');
    expect(await fs.pathExists(folder())).to.equal(false);
    await fs.ensureDir(folder());
  });

  it('refuses while a server works in the folder', async () => {
    const lock = await FolderLock.acquire(folder());

    const { code, output } = await repair('--write');
    await lock.release();

    expect(code).to.equal(1);
    expect(output).to.contain(`in use by process ${process.pid}`);
  });
});
