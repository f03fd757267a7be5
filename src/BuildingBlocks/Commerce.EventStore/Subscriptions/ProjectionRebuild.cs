using Commerce.EventStore.Execution;
using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// Rebuilds a read model beside the running one: copies of its tables are filled from the first event on (<see cref="ShadowTables"/>); then one short transaction locks the
/// running tables, brings the copies up to the present and puts them in their place. Readers wait for that last step; none of them fails. Where the lock cannot be had at
/// once, because a long read holds it back, the rebuild steps aside, catches up and tries again: whoever reads meanwhile is not made to wait for somebody else's long read.
/// </summary>
internal sealed class ProjectionRebuild(EventStoreDataSource source, StreamLoader loader, EventTypes types)
{
    private const int PageSize = 8192;

    // An hour or so of reads that never leave a gap.
    private const int MostAttempts = 5000;

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(500);

    /// <summary>Rebuilds an asynchronous read model.</summary>
    public async Task SubscriptionAsync(RunningSubscription subscription, CancellationToken cancellationToken)
    {
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        var shadow = new ShadowTables(connection, subscription.Subscription.Tables, subscription.Subscription.Role);
        var (position, sequence) = await FillAsync(connection, shadow, subscription, cancellationToken);
        await SwapAsync(
            connection, shadow,
            async () => (position, sequence) = await DeliverAsync(connection, null, subscription, position, sequence, cancellationToken),
            async swap =>
            {
                // Tables first, then the checkpoint: the order in which a running page takes them.
                await ExecuteAsync(connection, "select 1 from events.commerce_progression where name = $1 for update", cancellationToken, subscription.Name);
                // Of a swap that is taken back nothing is delivered.
                var (last, _) = await DeliverAsync(connection, swap, subscription, position, sequence, cancellationToken);
                await ExecuteAsync(
                    connection, "update events.commerce_progression set tx = $2, seq = $3, last_updated = now() where name = $1", cancellationToken,
                    subscription.Name, last.Transaction, last.Sequence);
            },
            cancellationToken);
    }

    /// <summary>Rebuilds an inline read model.</summary>
    public async Task InlineAsync(IInlineProjection projection, CancellationToken cancellationToken)
    {
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        var shadow = new ShadowTables(connection, projection.Tables, await OwnerAsync(connection, projection.Tables[0], cancellationToken));
        var replay = new InlineReplay(source, connection, loader, types, [(projection, shadow)]);
        await shadow.CreateAsync(_ => false, cancellationToken);
        await replay.FillAsync(cancellationToken);
        await shadow.FinishAsync(cancellationToken);
        await replay.CatchUpAsync(cancellationToken);
        // Writers that hold rows of the running tables finish first; later ones wait and then write into the new tables.
        await SwapAsync(connection, shadow, () => replay.CatchUpAsync(cancellationToken), swap => replay.CompleteAsync(swap, cancellationToken), cancellationToken);
    }

    /// <summary>Fills copies from the first event on and compares them with the running tables, row by row.</summary>
    /// <returns>How they differ, or null.</returns>
    public async Task<string?> CompareAsync(RunningSubscription subscription, CancellationToken cancellationToken)
    {
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        var shadow = new ShadowTables(connection, subscription.Subscription.Tables, subscription.Subscription.Role);
        await FillAsync(connection, shadow, subscription, cancellationToken);
        var difference = await shadow.DifferenceAsync(subscription.Subscription.Compared, cancellationToken);
        await shadow.DropAsync(cancellationToken);
        return difference;
    }

    /// <summary>The same for inline read models of one aggregate, all from one reading of its streams.</summary>
    /// <returns>How each differs, or null.</returns>
    public async Task<IReadOnlyList<string?>> CompareAsync(IReadOnlyList<IInlineProjection> projections, CancellationToken cancellationToken)
    {
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        var models = new List<(IInlineProjection Projection, ShadowTables Shadow)>();
        foreach (var projection in projections)
        {
            var shadow = new ShadowTables(connection, projection.Tables, await OwnerAsync(connection, projection.Tables[0], cancellationToken));
            await shadow.CreateAsync(_ => false, cancellationToken);
            models.Add((projection, shadow));
        }

        var replay = new InlineReplay(source, connection, loader, types, models);
        await replay.FillAsync(cancellationToken);
        await replay.CatchUpAsync(cancellationToken);
        var differences = new List<string?>();
        foreach (var (_, shadow) in models)
        {
            differences.Add(await shadow.DifferenceAsync([], cancellationToken));
            await shadow.DropAsync(cancellationToken);
        }

        return differences;
    }

    private static async Task SwapAsync(
        NpgsqlConnection connection, ShadowTables shadow, Func<Task> catchUp, Func<NpgsqlTransaction, Task> complete, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var swap = await connection.BeginTransactionAsync(cancellationToken);
            try
            {
                await shadow.LockAsync(cancellationToken);
                await complete(swap);
                await shadow.SwapAsync(cancellationToken);
                await swap.CommitAsync(cancellationToken);
                return;
            }
            catch (PostgresException fault) when (ShadowTables.IsBusy(fault) && attempt < MostAttempts)
            {
                // What took hours to fill is not given up because something else is at the tables for a moment.
                await swap.RollbackAsync(cancellationToken);
                await Task.Delay(BetweenAttempts, TimeProvider.System, cancellationToken);
                await catchUp();
            }
        }
    }

    private async Task<(EventPosition Position, long Sequence)> FillAsync(
        NpgsqlConnection connection, ShadowTables shadow, RunningSubscription subscription, CancellationToken cancellationToken)
    {
        // Statements of a subscription may look for rows by other columns than their key; what looks into them (words, arrays) is for readers alone.
        await shadow.CreateAsync(method => method == "btree", cancellationToken);
        var filled = await DeliverAsync(connection, null, subscription, EventPosition.Start, 0, cancellationToken);
        await shadow.FinishAsync(cancellationToken);
        return await DeliverAsync(connection, null, subscription, filled.Position, filled.Sequence, cancellationToken);
    }

    /// <summary>Delivers what there is after a position, up to the horizon, the next page being read while one is delivered.</summary>
    private async Task<(EventPosition Position, long Sequence)> DeliverAsync(
        NpgsqlConnection connection, NpgsqlTransaction? swap, RunningSubscription subscription, EventPosition position, long sequence, CancellationToken cancellationToken)
    {
        var schema = ShadowTables.SchemaOf(RunningSubscription.SchemaOf(subscription.Subscription));
        await using var reader = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        var next = ReadAsync(position);
        while (true)
        {
            var page = await next;
            next = page.AtHead ? Task.FromResult(page) : ReadAsync(page.Next);
            try
            {
                await using var own = swap is null ? await connection.BeginTransactionAsync(cancellationToken) : null;
                await subscription.DeliverAsync(connection, swap ?? own!, page.Events, schema, cancellationToken);
                await (own?.CommitAsync(cancellationToken) ?? Task.CompletedTask);
            }
            catch
            {
                // Nobody will ask for the page that is being read: its reader must not go while it is.
                await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw;
            }

            position = page.Next;
            sequence = page.Events.Count > 0 ? page.Events[^1].Position.Sequence : sequence;
            if (page.AtHead)
            {
                return (position, sequence);
            }
        }

        Task<EventPage> ReadAsync(EventPosition after) => subscription.Bodiless.Length > 0
            ? loader.ReadPageAsync(reader, after, subscription.Names, subscription.Bodiless, PageSize, cancellationToken)
            : loader.ReadPageAsync(reader, after, subscription.Names, PageSize, cancellationToken);
    }

    private static async Task<string> OwnerAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select relowner::regrole::text from pg_class where oid = $1::regclass", connection) { Parameters = { new() { Value = table } } };
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
