import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseLooseAuditFiles } from './loose-files.js';

describe('an audit file', () => {
  let folder: string;
  let path: string;
  const make = (name: string, mode: number): string => {
    const file = join(folder, name);
    writeFileSync(file, '');
    chmodSync(file, mode);
    return file;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "coffer-audit's-"));
    path = join(folder, 'audit.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([0o644, 0o604, 0o602, 0o620, 0o660])('of mode %o is refused, with the command that mends it', (mode) => {
    make('audit.jsonl', mode);
    expect(() => refuseLooseAuditFiles(path)).toThrow(
      `${path} can be read or changed by others than the owner; run: chmod g-wx,o= '${path.replace("'", "'\\''")}' (`,
    );
  });

  it.each([0o600, 0o640, 0o400])('may have mode %o', (mode) => {
    make('audit.jsonl', mode);
    expect(() => refuseLooseAuditFiles(path)).not.toThrow();
  });

  it.each(['audit.jsonl.1', 'audit.jsonl-20270131', 'audit.jsonl.2.gz'])(
    'that was rotated to %s is one, too',
    (name) => {
      make('audit.jsonl', 0o600);
      const file = make(name, 0o644);
      expect(() => refuseLooseAuditFiles(path)).toThrow(`${file} can be read`);
      chmodSync(file, 0o640);
      expect(() => refuseLooseAuditFiles(path)).not.toThrow();
    },
  );

  it('may lie beside other files, and not be there yet', () => {
    make('audit.jsonl.conf', 0o644);
    make('other.jsonl.1', 0o644);
    expect(() => refuseLooseAuditFiles(path)).not.toThrow();
    expect(() => refuseLooseAuditFiles(join(folder, 'none', 'audit.jsonl'))).not.toThrow();
  });

  it('is asked about as a file alone: a device or a folder has rights of its own', () => {
    mkdirSync(path, { mode: 0o755 });
    expect(() => refuseLooseAuditFiles(path)).not.toThrow();
    expect(() => refuseLooseAuditFiles('/dev/null')).not.toThrow();
  });
});
