// Loaded into a service before its own code: while a file named `<database>-break-commits` exists, every COMMIT of that
// database is carried out and then reported as failed, as a disk does that dies between writing and answering.
import { existsSync } from 'node:fs';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const broken = () => {
  const path = process.env.CARAT_EVENT_STORE?.replace('sqlite:', '');
  return path !== undefined && existsSync(`${path}-break-commits`);
};

const failAfter = (answer) => {
  if (!broken()) return answer;
  throw Object.assign(new Error('disk I/O error'), {
    code: 'ERR_SQLITE_ERROR',
    errcode: 10,
    errstr: 'disk I/O error',
  });
};

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  const answer = exec.call(this, sql);
  return /^\s*COMMIT/i.test(sql) ? failAfter(answer) : answer;
};

const { run } = StatementSync.prototype;
StatementSync.prototype.run = function (...values) {
  const answer = run.apply(this, values);
  return /^\s*COMMIT/i.test(this.sourceSQL) ? failAfter(answer) : answer;
};
