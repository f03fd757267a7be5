using System.Runtime.InteropServices;

namespace Commerce.Chaos.Servers;

/// <summary>Signals to processes that this run started.</summary>
internal static class Signals
{
    public static void Kill(int process) => Send(process, 9);

    public static void Quit(int process) => Send(process, 3);

    public static void Terminate(int process) => Send(process, 15);

    /// <summary>Freezes a process: it answers nothing and closes nothing.</summary>
    public static void Stop(int process) => Send(process, 19);

    public static void Continue(int process) => Send(process, 18);

    /// <summary>Whether the process runs: there, and not only waiting to be collected by its parent.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            return process > 0 && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Send(int process, int signal)
    {
        // Never to a group, never to everybody.
        if (process > 1)
        {
            _ = SendTo(process, signal);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendTo(int process, int signal);
}
