namespace Commerce.EventStore.Execution;

/// <summary>A stream's state at a version.</summary>
/// <param name="State">The aggregate.</param>
/// <param name="Version">Its number of events.</param>
/// <param name="IsArchived">Whether appends are refused.</param>
/// <param name="LastAt">The time of its last event.</param>
internal readonly record struct CachedStream(object State, long Version, bool IsArchived, DateTimeOffset LastAt);
