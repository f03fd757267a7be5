using System.Text.RegularExpressions;
using Commerce.EventStore.Execution;
using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// Rebuilds a read model beside the running one: copies of its tables in the schema <c>…_rebuild</c> are filled from the first event on, page by page in
/// short transactions; then one transaction locks the live tables, brings the copies up to the present and puts them in their place. Readers wait for
/// that last step; none of them fails.
/// </summary>
internal sealed class ProjectionRebuild(EventStoreDataSource source, StreamLoader loader, EventTypes types)
{
    private const int PageSize = 4096;

    public async Task SubscriptionAsync(RunningSubscription subscription, CancellationToken cancellationToken)
    {
        var tables = subscription.Subscription.Tables;
        var shadow = ShadowSchema(RunningSubscription.SchemaOf(subscription.Subscription));
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        var (position, sequence) = await FillAsync(connection, subscription, cancellationToken);
        await using var swap = await connection.BeginTransactionAsync(cancellationToken);
        // Tables first, then the checkpoint: the order in which a running page takes them.
        await LockAsync(connection, tables, cancellationToken);
        await ExecuteAsync(connection, "select 1 from events.commerce_progression where name = $1 for update", cancellationToken, subscription.Name);
        EventPage rest;
        do
        {
            rest = await loader.ReadPageAsync(connection, position, subscription.Names, PageSize, cancellationToken);
            await subscription.DeliverAsync(connection, swap, rest.Events, shadow, cancellationToken);
            position = rest.Next;
            sequence = rest.Events.Count > 0 ? rest.Events[^1].Position.Sequence : sequence;
        }
        while (!rest.AtHead);

        await SwapTablesAsync(connection, tables, subscription.Subscription.Role, cancellationToken);
        await ExecuteAsync(
            connection,
            "update events.commerce_progression set tx = $2, seq = $3, last_updated = now() where name = $1",
            cancellationToken,
            subscription.Name,
            position.Transaction,
            position.Sequence);
        await swap.CommitAsync(cancellationToken);
    }

    public async Task InlineAsync(IInlineProjection projection, CancellationToken cancellationToken)
    {
        var (type, names) = EventsOf(projection);
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        var role = await OwnerAsync(connection, projection.Tables[0], cancellationToken);
        var versions = new Dictionary<Guid, (object State, long Version)>();
        var position = await FillAsync(connection, projection, role, type, names, versions, cancellationToken);
        // Writers that hold rows of the live tables finish first; later ones wait and then write into the new tables.
        await using var swap = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, projection.Tables, cancellationToken);
        var rest = await loader.ReadCommittedAsync(connection, position, names, cancellationToken);
        await ProjectAsync(connection, swap, projection, type, rest, versions, cancellationToken);
        await SwapTablesAsync(connection, projection.Tables, role, cancellationToken);
        await swap.CommitAsync(cancellationToken);
    }

    /// <summary>Fills copies from the first event on and compares them with the live tables, row by row.</summary>
    /// <returns>How they differ, or null.</returns>
    public async Task<string?> CompareAsync(RunningSubscription subscription, CancellationToken cancellationToken)
    {
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        await FillAsync(connection, subscription, cancellationToken);
        return await DifferenceAsync(connection, subscription.Subscription.Tables, subscription.Subscription.Compared, subscription.Subscription.Role, cancellationToken);
    }

    /// <inheritdoc cref="CompareAsync(RunningSubscription, CancellationToken)" />
    public async Task<string?> CompareAsync(IInlineProjection projection, CancellationToken cancellationToken)
    {
        var (type, names) = EventsOf(projection);
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        var role = await OwnerAsync(connection, projection.Tables[0], cancellationToken);
        await FillAsync(connection, projection, role, type, names, [], cancellationToken);
        return await DifferenceAsync(connection, projection.Tables, [], role, cancellationToken);
    }

    private async Task<(EventPosition Position, long Sequence)> FillAsync(NpgsqlConnection connection, RunningSubscription subscription, CancellationToken cancellationToken)
    {
        await CopyTablesAsync(connection, subscription.Subscription.Tables, subscription.Subscription.Role, cancellationToken);
        var (position, sequence) = (EventPosition.Start, 0L);
        while (true)
        {
            var page = await loader.ReadPageAsync(connection, position, subscription.Names, PageSize, cancellationToken);
            await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
            {
                await subscription.DeliverAsync(connection, transaction, page.Events, ShadowSchema(RunningSubscription.SchemaOf(subscription.Subscription)), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            position = page.Next;
            sequence = page.Events.Count > 0 ? page.Events[^1].Position.Sequence : sequence;
            if (page.AtHead)
            {
                return (position, sequence);
            }
        }
    }

    private async Task<EventPosition> FillAsync(
        NpgsqlConnection connection,
        IInlineProjection projection,
        string role,
        AggregateType type,
        string[] names,
        Dictionary<Guid, (object State, long Version)> states,
        CancellationToken cancellationToken)
    {
        await CopyTablesAsync(connection, projection.Tables, role, cancellationToken);
        var position = EventPosition.Start;
        while (true)
        {
            var page = await loader.ReadPageAsync(connection, position, names, PageSize, cancellationToken);
            await ProjectAsync(connection, null, projection, type, page.Events, states, cancellationToken);
            position = page.Next;
            if (page.AtHead)
            {
                return position;
            }
        }
    }

    private (AggregateType Type, string[] Names) EventsOf(IInlineProjection projection) =>
        (types.Aggregate(projection.Aggregate), types.NamesOf(types.Events.Where(e => e.Aggregate == projection.Aggregate).Select(e => e.ClrType)));

    private static async Task<string?> DifferenceAsync(
        NpgsqlConnection connection, IReadOnlyList<string> tables, IReadOnlyList<string> queries, string role, CancellationToken cancellationToken)
    {
        string? difference = null;
        if (queries.Count == 0)
        {
            var rows = new List<string>(tables.Count);
            foreach (var table in tables)
            {
                rows.Add($"select {await ReplayedColumnsAsync(connection, table, cancellationToken)} from {table}");
            }

            queries = rows;
        }

        foreach (var query in queries)
        {
            var fresh = InShadow(query, tables);
            await using var compare = new NpgsqlCommand(
                $"""
                select (select count(*) from ({query} except all {fresh}) a),
                       (select count(*) from ({fresh} except all {query}) b)
                """,
                connection) { CommandTimeout = 0 };
            await using var reader = await compare.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var (surplus, missing) = (reader.GetInt64(0), reader.GetInt64(1));
            if (surplus > 0 || missing > 0)
            {
                difference ??= $"{tables.First(table => InShadow(query, [table]) != query)}: {surplus} rows that a replay does not give, {missing} rows that it gives and the table lacks";
            }
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"set local role {role}", cancellationToken);
        foreach (var table in tables)
        {
            await ExecuteAsync(connection, $"drop table {Shadow(table)} cascade", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return difference;
    }

    private static async Task ProjectAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        IInlineProjection projection,
        AggregateType type,
        IReadOnlyList<RecordedEvent> events,
        Dictionary<Guid, (object State, long Version)> states,
        CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        var changes = new SortedDictionary<Guid, StreamChange>();
        foreach (var stream in events.GroupBy(e => e.StreamId))
        {
            var (state, version) = states.TryGetValue(stream.Key, out var known) ? known : (type.Initial, 0);
            // A page may end inside a transaction whose stream another page has begun; versions keep the order.
            var added = stream.OrderBy(e => e.Version).SelectMany(e => e.Parts()).ToList();
            state = added.Aggregate(state, (current, e) => type.Evolve(current, e.Data));
            version = added[^1].Version;
            states[stream.Key] = (state, version);
            changes[stream.Key] = new StreamChange(stream.Key, state, version, added);
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        projection.Project([.. changes.Values], batch);
        foreach (var command in batch.BatchCommands)
        {
            command.CommandText = InShadow(command.CommandText, projection.Tables);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    // Columns that the database fills by itself (identity numbers, times of writing) are not part of what a replay must repeat.
    private static async Task<string> ReplayedColumnsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var columns = new NpgsqlCommand(
            "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = '' and attname not in ('written_at')",
            connection) { Parameters = { new() { Value = table } } };
        return (string)(await columns.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string InShadow(string sql, IReadOnlyList<string> tables) =>
        tables.Aggregate(sql, (text, table) => Regex.Replace(text, $@"\b{Regex.Escape(table)}\b", Shadow(table), RegexOptions.None, TimeSpan.FromSeconds(1)));

    private static string Shadow(string table)
    {
        var parts = table.Split('.');
        return $"{ShadowSchema(parts[0])}.{parts[1]}";
    }

    private static string ShadowSchema(string schema) => schema + "_rebuild";

    private static async Task CopyTablesAsync(NpgsqlConnection connection, IReadOnlyList<string> tables, string role, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"set local role {role}", cancellationToken);
        foreach (var table in tables)
        {
            await ExecuteAsync(connection, $"drop table if exists {Shadow(table)} cascade", cancellationToken);
            await ExecuteAsync(connection, $"create table {Shadow(table)} (like {table} including all)", cancellationToken);
            await ExecuteAsync(connection, $"grant all on {Shadow(table)} to commerce_events", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task LockAsync(NpgsqlConnection connection, IReadOnlyList<string> tables, CancellationToken cancellationToken) =>
        await ExecuteAsync(connection, $"lock table {string.Join(", ", tables)} in access exclusive mode", cancellationToken);

    private static async Task SwapTablesAsync(NpgsqlConnection connection, IReadOnlyList<string> tables, string role, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, $"set local role {role}", cancellationToken);
        foreach (var table in tables)
        {
            await ExecuteAsync(connection, $"drop table {table} cascade", cancellationToken);
            await ExecuteAsync(connection, $"alter table {Shadow(table)} set schema {table.Split('.')[0]}", cancellationToken);
        }

        await ExecuteAsync(connection, "reset role", cancellationToken);
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
