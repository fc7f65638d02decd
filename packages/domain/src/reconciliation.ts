/** What was found when a provider's list was compared with the log. Stream: `reconciliation`. */
export const reconciliationEventTypes = ['PayoutsReconciled'] as const;
