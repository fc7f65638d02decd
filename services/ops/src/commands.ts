import type { Command } from 'commander';
import { addAt } from './at/command.ts';
import { addBackup } from './backup/command.ts';
import { addBoard } from './board/command.ts';
import { addCompletion } from './completion/command.ts';
import { addCopy } from './copy/command.ts';
import { addExplain } from './explain/command.ts';
import { addExport } from './export/command.ts';
import { addDrop, addRebuild, addRollback } from './generations/command.ts';
import { addInspect } from './inspect/command.ts';
import type { CommandContext } from './outcome.ts';
import { addPark } from './park/command.ts';
import { addPayouts } from './payouts/command.ts';
import { addPlay } from './play/command.ts';
import { addReplay } from './replay/command.ts';
import { addRestore } from './restore/command.ts';
import { addSimulate } from './simulate/command.ts';
import { addStatement } from './statement/command.ts';
import { addStatus } from './status/command.ts';
import { addTail } from './tail/command.ts';
import { addToken } from './token/command.ts';
import { addVerify } from './verify/command.ts';

type Add = (program: Command, context: CommandContext) => void;

/** Every command of the command line, in the order in which its help lists them. */
export const commands: readonly Add[] = [
  addPlay,
  addStatus,
  addVerify,
  addTail,
  addInspect,
  addAt,
  addExplain,
  addReplay,
  addExport,
  addPark,
  addBoard,
  addPayouts,
  addStatement,
  addRebuild,
  addRollback,
  addDrop,
  addSimulate,
  addCopy,
  addBackup,
  addRestore,
  addToken,
  addCompletion,
];
