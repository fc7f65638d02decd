/** Every bound of the projector, with its unit. */
export const limits = {
  /** Events read from the log at once. A KurrentDB reads smaller pages at half the speed. */
  pageEvents: 2_000,
  /** Newest events kept as they were read, so that the units need not read them each for itself. */
  tailEvents: 50_000,
  /** Events of the log's own stream read at once. */
  logPageEvents: 1_000,

  /**
   * What one script writes at most, which keeps Redis below 5 ms: about 0.6 µs a field, 1 µs more where it
   * is ranked. Of the boards most fields are not, as they lie below the best thousand.
   */
  batchWrites: { creators: 3_000, boards: 6_000, board: 6_000 },
  /** Events of one application: bounds what it publishes. */
  batchEvents: { creators: 2_000, boards: 50_000, board: 10_000 },
  /** Totals that a process remembers of all units together, about 150 bytes each; a table counts as two. */
  knownTotals: 800_000,
  /**
   * The same while a unit is filled, which nobody reads yet: bounds what is held in memory, about 150 bytes a
   * field and 200 an event, and what is lost with a process. It is written in pieces. Units share it.
   */
  longRun: { writes: 600_000, events: 500_000, ms: 2_000 },
  /**
   * Threads that fill units from far behind, at most; fewer where there are not as many cores beside one for
   * everything else. Units in one thread share what is read of the log, which is a third of the work.
   */
  fillingThreads: 4,
  /** So many places behind the head of the log are far: a thread takes half a second to begin. */
  threadFromEvents: 50_000,
  /** Newest events that a thread keeps: its units are abreast, so that they need a page or two. */
  threadTailEvents: 4_000,
  /** A thread that has nothing to do is ended after so long. */
  idleThreadMs: 10_000,
  /** A run of a unit goes on for so long, then leaves the rest to the next one. */
  runMs: 500,
  /**
   * A run to the head lasts at least so long, its end idle: what comes meanwhile is gathered for the next
   * one.
   */
  minRunMs: { creators: 20, boards: 1_000, board: 1_000 },
  /** Wake-ups of one unit by one process are so far apart. */
  wakeGapMs: { creators: 10, boards: 250, board: 250 },
  /** Wake-ups of all units together by one process; many units are woken less often each. */
  maxWakesPerSecond: 400,
  /** A unit that was stopped by an event it cannot take tries again after so long. */
  poisonRetryMs: 10_000,

  /** How long a worker that died holds its unit up. */
  lockMs: 5_000,
  stalledCheckMs: 2_000,
  /** An idle worker looks so often for a job whose announcement another one took with it as it died. */
  jobsLookMs: 1_000,
  /** How often a job may lose its worker before it is given up; the watchdog then makes a new one. */
  maxStalledCount: 5,
  /** As many as there are units at most: those that are seldom applied rest in their jobs. */
  jobsAtOnce: 96,
  keptFailedJobs: 100,
  jobEventsKept: 100,

  watchdogMs: 500,
  /** A unit that is behind and does not move for so long has lost its job. */
  stuckMs: 1_000,
  /** The same while it is filled, in long runs. */
  stuckFillingMs: 5_000,
  /**
   * A mark that stands still for so long is a dead process's. One at work leaves another every few
   * milliseconds, and is refused where it was taken for dead.
   */
  stillMarkMs: 1_500,
  /** A unit that has been behind for so long is reported as not ready. */
  lateMs: 10_000,
  /** Events counted when it is measured how far behind a unit is; more are not told apart. */
  lagEvents: 1_000,
  /** A process begins generations at most so often. */
  generationGapMs: 2_000,
  /** A replaced generation is dropped after so long: readers have taken notice by then. */
  dropAfterMs: 3_000,
  /** A process that died leaves dropping to another after so long. */
  sweepLeaseMs: 5_000,

  /** What came is sealed after so long, or as soon as a seal is full. */
  sealEveryMs: 5_000,
  /** A process looks so often whether there is more to seal, without reading anything where nothing came. */
  sealLookMs: 500,
  /** Events taken up at once for a seal, some 4 µs each, and the rest after them for everything else. */
  sealSliceEvents: 1_000,
  sealRestMs: 2,
  /** A process that died leaves sealing to another after so long. */
  sealLeaseMs: 10_000,
  /** Where the log cannot be sealed on, it is tried again after so long. */
  sealRetryMs: 10_000,

  /** A process looks so often whether a generation is to be filled beside the active one. */
  rebuildLookMs: 500,
  /** How often it says how far it is, and looks whether it is still wanted. */
  rebuildSayMs: 250,
  /** A process that died leaves a rebuild to another after so long. */
  rebuildLeaseMs: 5_000,
  /** Newest events kept for a rebuild, so that its units need not read them each for itself. */
  rebuildTailEvents: 50_000,
  /** Differences sent to Redis at once. */
  differencesAtOnce: 500,

  redisCommandMs: 10_000,
  /** A worker is given so long to end its run at a shutdown. */
  closeWorkerMs: 3_000,
} as const;
