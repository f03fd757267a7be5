using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.EventStore;

/// <summary>The store's own small pool, under its own role.</summary>
public sealed class EventStoreDataSource : IAsyncDisposable, IDisposable
{
    private const int BulkBufferBytes = 256 * 1024;

    // An append writes or locks the row of every stream before it writes the stream's events, so their foreign key holds by construction. Checking it once
    // more for each event costs a third of the append; where this role may vouch for its rows (the administrator granted it), it does. It is said once for
    // each session: a change in the middle of one throws away all its plans. Foreign keys and triggers of inline read models would not fire either, so
    // they must have none (InlineTablesTests).
    private const string Vouch = "select set_config('session_replication_role', 'replica', false) where has_parameter_privilege(current_user, 'session_replication_role', 'SET')";

    /// <summary>Builds the pool; connections open when they are needed.</summary>
    public EventStoreDataSource(IOptions<EventStoreOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = new NpgsqlConnectionStringBuilder(options.Value.ConnectionString)
        {
            MaxPoolSize = options.Value.MaxPoolSize,
            MaxAutoPrepare = 128,
            AutoPrepareMinUsages = 2,
            // Nothing of a session outlives its transaction here (SET LOCAL only), so the reset between uses would be a wasted message.
            NoResetOnClose = true,
            // Batches find their rows by key; a hash join over a table that was small when the plan was made would lock rows in another order.
            // One plan for all sizes of batch: planning each batch anew costs more than it can win.
            Options = "-c plan_cache_mode=force_generic_plan -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off",
        };
        Source = new NpgsqlDataSourceBuilder(settings.ConnectionString).UsePhysicalConnectionInitializer(VouchFor, VouchForAsync).Build();
        settings.MaxPoolSize = options.Value.Writers;
        Writers = new NpgsqlDataSourceBuilder(settings.ConnectionString).UsePhysicalConnectionInitializer(VouchFor, VouchForAsync).Build();
        settings.MaxPoolSize = options.Value.MaxPoolSize;
        // Subscriptions run their modules' own statements, which are planned like anybody's. Their read models and checkpoints commit together and can
        // be made again from the events, so no commit of theirs waits for the disk: what a crash takes, the next run repeats.
        settings.Options = "-c jit=off -c synchronous_commit=off";
        // A page after a long absence is allowed its time; nobody waits for it.
        settings.CommandTimeout = 120;
        settings.Pooling = false;
        Unpooled = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        settings.ReadBufferSize = BulkBufferBytes;
        Bulk = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    /// <summary>Unpooled connections that read much at once: a large buffer is filled with few calls.</summary>
    public NpgsqlDataSource Bulk { get; }

    /// <summary>Connections that are nobody else's and close for real: what holds a session-level lock or listens.</summary>
    public NpgsqlDataSource Unpooled { get; }

    /// <summary>The pool.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>
    /// As many connections as batches are written at once. A pool hands its connections out in turns: in a shared one every batch would meet another backend, whose
    /// plans and caches the processor has forgotten.
    /// </summary>
    internal NpgsqlDataSource Writers { get; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Writers.DisposeAsync();
        await Unpooled.DisposeAsync();
        await Bulk.DisposeAsync();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Source.Dispose();
        Writers.Dispose();
        Unpooled.Dispose();
        Bulk.Dispose();
    }

    private static void VouchFor(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Vouch, connection);
        command.ExecuteNonQuery();
    }

    private static async Task VouchForAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Vouch, connection);
        await command.ExecuteNonQueryAsync();
    }
}
