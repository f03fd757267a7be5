namespace Commerce.EmbeddedPostgres;

/// <summary>What an <see cref="EmbeddedPostgresServer"/> is started with.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>
    /// The folder of the cluster, its password, its port and its log. Created when missing; a folder that holds
    /// something else is refused. One server at a time uses it.
    /// </summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// The folder of <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c>. When absent: the folder named by
    /// <c>COMMERCE_POSTGRES_BIN</c>, an installed PostgreSQL when <c>COMMERCE_POSTGRES=system</c>, else the binaries
    /// that <c>./dev setup</c> put under <c>tools/embedded-postgres</c>.
    /// </summary>
    public string? BinariesDirectory { get; init; }

    /// <summary>The loopback port. When absent: the port of the last start if it is still free, else any free one.</summary>
    public int? Port { get; init; }

    /// <summary>The database that <see cref="EmbeddedPostgresServer.ConnectionString"/> names; created when missing.</summary>
    public string Database { get; init; } = "commerce";

    /// <summary>
    /// Whether a commit is on disk before it is acknowledged (<c>fsync</c>, <c>full_page_writes</c>,
    /// <c>synchronous_commit</c>). Only tests, which throw the cluster away, turn this off.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>Whether the cluster is deleted when the server stops, also when the Host was killed.</summary>
    public bool DeleteOnStop { get; init; }

    /// <summary>Whether a server that died on its own (out of memory, <c>kill -9</c>) is started again.</summary>
    public bool RestartOnExit { get; init; } = true;

    /// <summary>How long a start may take, recovery after a crash included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Server settings that win over the ones chosen here, by their name in <c>postgresql.conf</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock behind waits.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
