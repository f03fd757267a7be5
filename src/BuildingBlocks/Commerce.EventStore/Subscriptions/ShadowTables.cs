using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// Copies of a read model's tables in the schema <c>…_rebuild</c>, beside the running ones: made empty, filled, given their indexes, compared or put in place of the
/// running ones. Indexes keep their names.
/// </summary>
internal sealed class ShadowTables(NpgsqlConnection connection, IReadOnlyList<string> tables, string role)
{
    // A read that began before the swap and runs for longer than this holds the swap back, and not the reads that came after.
    private const string Patience = "250ms";

    // Nobody reads the copies, but the database may be cleaning them up, which it leaves off after a second when somebody waits for them.
    private const string PatienceForCopies = "5s";

    private const string IndexesOf = """
        select pg_get_indexdef(i.indexrelid), c.conname, pg_get_constraintdef(c.oid), i.indisunique, a.amname
          from pg_index i
          join pg_class x on x.oid = i.indexrelid
          join pg_am a on a.oid = x.relam
          left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = i.indrelid and c.contype in ('p', 'u', 'x')
         where i.indrelid = $1::regclass
         order by i.indisprimary desc, x.relname
        """;

    // What a table was given WITH, such as room for updates, is nothing that a copy like it inherits.
    private const string OptionsOf = "select array_to_string(reloptions, ', ') from pg_class where oid = $1::regclass";

    private static readonly ConcurrentDictionary<string, Regex> Words = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, string> _rewritten = new(StringComparer.Ordinal);
    private readonly List<string> _late = [];

    /// <summary>The schema of the copies.</summary>
    public static string SchemaOf(string schema) => schema + "_rebuild";

    /// <summary>A statement that names the copies instead of the running tables.</summary>
    public string Rewritten(string sql) => _rewritten.GetOrAdd(sql, text => tables.Aggregate(text, Rewritten));

    /// <summary>Makes the copies, with the indexes that filling them takes.</summary>
    /// <param name="isNeeded">Of an index that is not unique, by its access method: whether filling the table takes it. The others come afterwards, which is cheaper than to keep them.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task CreateAsync(Func<string, bool> isNeeded, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"set local role {role}", cancellationToken);
        foreach (var table in tables)
        {
            await ExecuteAsync($"drop table if exists {Shadow(table)} cascade", cancellationToken);
            var options = await OptionsAsync(table, cancellationToken);
            await ExecuteAsync($"create table {Shadow(table)} (like {table} including all excluding indexes){(options is null ? "" : $" with ({options})")}", cancellationToken);
            foreach (var (definition, isEarly) in await IndexesAsync(table, isNeeded, cancellationToken))
            {
                if (isEarly)
                {
                    await ExecuteAsync(definition, cancellationToken);
                }
                else
                {
                    _late.Add(definition);
                }
            }

            await ExecuteAsync($"grant all on {Shadow(table)} to commerce_events", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Makes the indexes that were left for later.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"set local role {role}", cancellationToken);
        foreach (var definition in _late)
        {
            await ExecuteAsync(definition, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Locks the copies, and then the running tables, if they can be had within <see cref="Patience"/>: whoever wants to read them meanwhile waits behind this lock. All
    /// statements of the transaction that come after wait no longer than that, and may fail like this one: the database may be cleaning up what belongs to a table.
    /// </summary>
    /// <exception cref="PostgresException">They cannot: <see cref="IsBusy"/>.</exception>
    public Task LockAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        set local lock_timeout = '{PatienceForCopies}'; lock table {string.Join(", ", tables.Select(Shadow))} in access exclusive mode;
        set local lock_timeout = '{Patience}'; lock table {string.Join(", ", tables)} in access exclusive mode
        """,
        cancellationToken);

    /// <summary>Whether a swap failed because others were at the tables.</summary>
    public static bool IsBusy(PostgresException fault) => fault.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Puts the copies in place of the tables, which are locked.</summary>
    public async Task SwapAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync($"set local role {role}", cancellationToken);
        foreach (var table in tables)
        {
            await ExecuteAsync($"drop table {table} cascade", cancellationToken);
            await ExecuteAsync($"alter table {Shadow(table)} set schema {table.Split('.')[0]}", cancellationToken);
        }

        await ExecuteAsync("reset role", cancellationToken);
    }

    /// <summary>How the running tables differ from the copies, or null.</summary>
    /// <param name="queries">What must be equal; empty for every row of every table.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<string?> DifferenceAsync(IReadOnlyList<string> queries, CancellationToken cancellationToken)
    {
        if (queries.Count == 0)
        {
            var rows = new List<string>(tables.Count);
            foreach (var table in tables)
            {
                rows.Add($"select {await ReplayedColumnsAsync(table, cancellationToken)} from {table}");
            }

            queries = rows;
        }

        string? difference = null;
        foreach (var query in queries)
        {
            var fresh = Rewritten(query);
            await using var compare = new NpgsqlCommand(
                $"select (select count(*) from ({query} except all {fresh}) a), (select count(*) from ({fresh} except all {query}) b)", connection) { CommandTimeout = 0 };
            await using var reader = await compare.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var (surplus, missing) = (reader.GetInt64(0), reader.GetInt64(1));
            if (surplus > 0 || missing > 0)
            {
                difference ??= $"{tables.First(table => Rewritten(query, table) != query)}: {surplus} rows that a replay does not give, {missing} rows that it gives and the table lacks";
            }
        }

        return difference;
    }

    /// <summary>Drops the copies.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"set local role {role}", cancellationToken);
        foreach (var table in tables)
        {
            await ExecuteAsync($"drop table if exists {Shadow(table)} cascade", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<string?> OptionsAsync(string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(OptionsOf, connection) { Parameters = { new() { Value = table } } };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private async Task<List<(string Definition, bool IsEarly)>> IndexesAsync(string table, Func<string, bool> isNeeded, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(IndexesOf, connection) { Parameters = { new() { Value = table } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var indexes = new List<(string, bool)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            indexes.Add((
                reader.IsDBNull(1) ? Rewritten(reader.GetString(0), table) : $"alter table {Shadow(table)} add constraint \"{reader.GetString(1)}\" {reader.GetString(2)}",
                reader.GetBoolean(3) || isNeeded(reader.GetString(4))));
        }

        return indexes;
    }

    // Columns that the database fills by itself (identity numbers, times of writing) are not part of what a replay must repeat.
    private async Task<string> ReplayedColumnsAsync(string table, CancellationToken cancellationToken)
    {
        await using var columns = new NpgsqlCommand(
            "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = '' and attname not in ('written_at')",
            connection) { Parameters = { new() { Value = table } } };
        return (string)(await columns.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Rewritten(string sql, string table) =>
        Words.GetOrAdd(table, name => new Regex($@"\b{Regex.Escape(name)}\b", RegexOptions.None, TimeSpan.FromSeconds(1))).Replace(sql, Shadow(table));

    private static string Shadow(string table) => table.Split('.') is [var schema, var name] ? $"{SchemaOf(schema)}.{name}" : throw new ArgumentException($"{table} has no schema.", nameof(table));
}
