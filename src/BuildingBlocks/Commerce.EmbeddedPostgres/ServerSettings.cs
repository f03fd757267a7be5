using System.Globalization;
using System.Text;

namespace Commerce.EmbeddedPostgres;

/// <summary>The settings of the embedded server: a small shared machine, many short transactions.</summary>
internal static class ServerSettings
{
    public static string Render(EmbeddedPostgresOptions options, int port, string? socketFolder)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            // Reach: this machine only. The socket's folder is closed to other accounts; TCP asks for the password.
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = socketFolder ?? "",
            ["unix_socket_permissions"] = "0700",
            ["password_encryption"] = "scram-sha-256",
            ["max_connections"] = "200",

            // Memory: the page cache of the system does the rest.
            ["shared_buffers"] = "256MB",
            ["effective_cache_size"] = "2GB",
            ["work_mem"] = "8MB",
            ["maintenance_work_mem"] = "128MB",

            // Log of writes: few, spread checkpoints, because each one makes the next write of every page larger: by the whole page. To pack it, as the server
            // can, takes some 140 µs, ten times as long as what is written to it.
            ["wal_buffers"] = "16MB",
            ["min_wal_size"] = "1GB",
            ["max_wal_size"] = "2GB",
            ["checkpoint_timeout"] = "15min",
            ["checkpoint_completion_target"] = "0.9",
            ["wal_compression"] = "off",

            // Plans: solid-state disks; queries are too short to be worth compiling or spreading over two cores.
            ["random_page_cost"] = "1.1",
            ["effective_io_concurrency"] = "64",
            ["jit"] = "off",
            ["max_parallel_workers_per_gather"] = "1",

            // Read models are updated far more often than the defaults expect.
            ["autovacuum_naptime"] = "15s",
            ["autovacuum_vacuum_scale_factor"] = "0.05",
            ["autovacuum_analyze_scale_factor"] = "0.05",

            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["log_line_prefix"] = "%m [%p] %q%u@%d ",
            ["log_checkpoints"] = "off",
            ["logging_collector"] = "off",

            // A client that vanished without a word must not hold its locks for hours.
            ["tcp_keepalives_idle"] = "30",
            ["client_connection_check_interval"] = "5s",
        };

        var durable = options.Durable ? "on" : "off";
        settings["fsync"] = durable;
        settings["synchronous_commit"] = durable;
        settings["full_page_writes"] = durable;

        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        var text = new StringBuilder("# Written at every start; change settings with ALTER SYSTEM or the Host's options.\n");
        foreach (var (name, value) in settings)
        {
            text.Append(name).Append(" = '").Append(value.Replace("'", "''", StringComparison.Ordinal)).Append("'\n");
        }

        return text.ToString();
    }
}
