import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCarat } from '../testing/run-carat.ts';

const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await runCarat(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    scripts[shell] = stdout;
  }
});

/** What bash offers after these words, the last of which is being typed. */
const offered = async (...words: string[]): Promise<string[]> => {
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _carat; printf "%s\\n" "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    `${scripts.bash}\n${ask}`,
    'bash',
    'carat',
    ...words,
  ]);
  return stdout.split('\n').filter((word) => word !== '');
};

describe('carat completion', () => {
  it('makes bash offer commands, options, values, and commands of commands', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(['play', 'status', 'verify', 'tail', '--help']));
    expect(await offered('st')).toEqual(['status', 'statement']);
    expect(await offered('payouts', '')).toEqual(expect.arrayContaining(['list', 'reconcile']));
    expect(await offered('payouts', 'list', '--status', 'in')).toEqual(['in_review']);
    expect(await offered('explain', 'red')).toEqual(['redemption']);
    expect(await offered('export', '--f')).toEqual(['--from', '--format']);
    expect(await offered('export', '--format', '')).toEqual(['csv', 'jsonl']);
    expect(await offered('export', '--out', '')).toEqual([]);
    expect(await offered('completion', 'z')).toEqual(['zsh']);
    expect(await offered('park', 'l')).toEqual(['list']);
    expect(await offered('park', 'list', '--js')).toEqual(['--json']);
    expect(await offered('tail', '--live', 'status', '--fr')).toEqual(['--from']);
  });

  it('knows every command that the help knows, in every shell', async () => {
    const { stdout } = await runCarat(['--help']);
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) .*$/gm)].map(([, name]) => name!);
    const commands = listed.filter((name) => name !== 'carat' && name !== 'help');
    expect(commands).toEqual(expect.arrayContaining(['inspect', 'export', 'completion']));
    expect(await offered('')).toEqual(expect.arrayContaining(commands));
    for (const name of commands) {
      expect(scripts.zsh).toContain(`'${name}:`);
      expect(scripts.zsh).toContain(`_carat_${name}() {`);
      expect(scripts.fish).toMatch(new RegExp(`^complete -c carat -n '[^']*' -f -a ${name} -d '`, 'm'));
    }
  });

  it('describes options to zsh and fish, with the values that they take', () => {
    expect(scripts.zsh).toMatch(/^#compdef carat\n/);
    expect(scripts.zsh).toContain("'--format[how rows are written]:value:(csv jsonl)'");
    expect(scripts.zsh).toContain("'--json[a line of JSON for each event]'");
    expect(scripts.fish).toContain(
      "complete -c carat -n '__fish_seen_subcommand_from export' " +
        "-l format -x -a 'csv jsonl' -d 'how rows are written'",
    );
    expect(scripts.fish).toContain("-l out -r -F -d 'write to this file rather than to stdout'");
  });

  it('says it as JSON, and that there is none for another shell', async () => {
    const { stdout } = await runCarat(['completion', 'fish', '--json']);
    expect(JSON.parse(stdout)).toEqual({ shell: 'fish', script: scripts.fish!.trimEnd() });
    const other = await runCarat(['completion', 'cmd']);
    expect(other).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('bash, zsh, fish') });
    const help = await runCarat(['completion', '--help']);
    expect(help.stdout).toContain('eval "$(carat completion bash)"');
  });
});
