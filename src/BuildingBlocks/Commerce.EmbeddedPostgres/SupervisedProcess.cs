using System.Diagnostics;

namespace Commerce.EmbeddedPostgres;

/// <summary>
/// A server process that lives no longer than this one, however this one ends. A small shell holds the read end of a
/// pipe from us: the pipe closes when we close it, exit, crash or are killed, and then the shell stops the server in
/// order. Should the shell itself be killed, the kernel sends the same signal to the server (Linux).
/// </summary>
internal sealed class SupervisedProcess : IDisposable
{
    // $1 log, $2 signal, $3 folder to delete afterwards or "", then the server's command.
    // The watch ends well only when the pipe closed: a server that ended by itself keeps its folder, for a second try.
    // The output goes to the log from the first line on: a child that held our own output open would keep whoever
    // reads it (a test runner, a pipe in a terminal) waiting.
    private const string Script = """
        exec 3<&0 </dev/null >>"$1" 2>&1
        signal=$2
        doomed=$3
        shift 3
        "$@" 3<&- &
        server=$!
        ( while read -r line; do :; done; kill -s "$signal" "$server" ) <&3 &
        watch=$!
        exec 3<&-
        wait "$server"
        code=$?
        kill "$watch" 2>/dev/null
        if wait "$watch" && [ -n "$doomed" ]; then rm -rf "$doomed"; fi
        exit "$code"
        """;

    private readonly Process shell;

    private SupervisedProcess(Process shell) => this.shell = shell;

    /// <summary>Whether the server is gone.</summary>
    public bool HasExited => shell.HasExited;

    /// <summary>Starts the server with its own session, so that Ctrl-C in our terminal reaches us and not it.</summary>
    public static SupervisedProcess Start(
        ServerAccount? account, IReadOnlyList<string> command, string log, string stopSignal, string? deleteAfterwards = null)
    {
        IReadOnlyList<string> server = OperatingSystem.IsLinux()
            ? ["setpriv", "--pdeathsig", stopSignal, "--", .. command]
            : command;
        IReadOnlyList<string> supervisor = ["sh", "-c", Script, "supervisor", log, stopSignal, deleteAfterwards ?? "", .. server];
        supervisor = account?.As(supervisor) ?? supervisor;
        if (OperatingSystem.IsLinux())
        {
            supervisor = ["setsid", .. supervisor];
        }

        var start = Command.Describe(supervisor);
        start.RedirectStandardInput = true;
        return new SupervisedProcess(
            Process.Start(start) ?? throw new EmbeddedPostgresException($"{command[0]} did not start."));
    }

    /// <summary>Asks the server to stop; <see cref="WaitAsync"/> tells when it has.</summary>
    public void RequestStop()
    {
        try
        {
            shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // The shell is gone already, and with it the reader of the pipe: what we asked for has happened.
        }
    }

    /// <summary>Waits until the server is gone.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => shell.WaitForExitAsync(cancellationToken);

    /// <summary>Asks the server to stop and forgets it.</summary>
    public void Dispose()
    {
        RequestStop();
        shell.Dispose();
    }
}
