using System.Diagnostics;

namespace Commerce.EmbeddedPostgres;

/// <summary>A short-lived program: run to its end, with its output kept for the error message.</summary>
internal static class Command
{
    /// <summary>Runs a program and gives its exit code and everything that it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var start = Describe(command);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)
            ?? throw new EmbeddedPostgresException($"{command[0]} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, (await output + await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a program that has to succeed.</summary>
    public static async Task<string> RequireAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunAsync(command, cancellationToken);
        return exitCode == 0
            ? output
            : throw new EmbeddedPostgresException($"`{string.Join(' ', command)}` failed with {exitCode}: {output}");
    }

    /// <summary>
    /// The start of a program with an environment of its own: what the caller's shell says about PostgreSQL
    /// (PGPORT, PGOPTIONS, PGDATA) or locales must not steer our server.
    /// </summary>
    public static ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        // The working directory is inherited otherwise, and an unprivileged server may have no right to it.
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = Path();
        start.Environment["LC_ALL"] = "C";
        start.Environment["HOME"] = "/";
        return start;
    }

    private static string Path()
    {
        const string systemFolders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        var inherited = Environment.GetEnvironmentVariable("PATH");
        return string.IsNullOrEmpty(inherited) ? systemFolders : inherited + ":" + systemFolders;
    }
}
