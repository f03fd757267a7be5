using System.Globalization;

namespace Commerce.EmbeddedPostgres;

/// <summary>
/// The account that PostgreSQL runs as. PostgreSQL refuses root, so a Host that was started by root gives the server
/// an account of its own, which owns nothing but the cluster; every other Host runs it as itself.
/// </summary>
internal sealed class ServerAccount
{
    private const string Name = "commerce-pg";

    private readonly (int User, int Group)? ids;

    private ServerAccount((int User, int Group)? ids) => this.ids = ids;

    /// <summary>Whether the server runs as another account than this process.</summary>
    public bool IsSeparate => ids is not null;

    /// <summary>Finds the account, creating it when root starts a server on this machine for the first time.</summary>
    public static async Task<ServerAccount> FindAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount(null);
        }

        if (await IdsAsync(Name, cancellationToken) is { } own)
        {
            return new ServerAccount(own);
        }

        // Two first starts at once: the loser's useradd fails, and the account is there all the same.
        var (_, output) = await Command.RunAsync(
            ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", Name],
            cancellationToken);
        var ids = await IdsAsync(Name, cancellationToken) ?? await IdsAsync("postgres", cancellationToken);
        return ids is { } found
            ? new ServerAccount(found)
            : throw new EmbeddedPostgresException(
                $"PostgreSQL does not run as root, and the account {Name} could not be created: {output}. Create it with useradd, or start the Host as an ordinary user.");
    }

    /// <summary>The command as the server's account, with no way back to root.</summary>
    public IReadOnlyList<string> As(params IReadOnlyList<string> command) =>
        ids is { } account
            ? [
                "setpriv",
                "--reuid=" + account.User.ToString(CultureInfo.InvariantCulture),
                "--regid=" + account.Group.ToString(CultureInfo.InvariantCulture),
                "--clear-groups", "--no-new-privs", "--", .. command,
            ]
            : command;

    /// <summary>Whether the server's account passes <c>test</c> with these arguments.</summary>
    public async Task<bool> TestsAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        (await Command.RunAsync(As(["test", .. arguments]), cancellationToken)).ExitCode == 0;

    /// <summary>Gives files and folders (never what a link points at) to the server's account.</summary>
    public async Task OwnAsync(string path, bool recursive, CancellationToken cancellationToken)
    {
        if (ids is not { } account)
        {
            return;
        }

        var owner = string.Create(CultureInfo.InvariantCulture, $"{account.User}:{account.Group}");
        await Command.RequireAsync(
            recursive ? ["chown", "-R", "-h", owner, path] : ["chown", "-h", owner, path], cancellationToken);
    }

    private static async Task<(int User, int Group)?> IdsAsync(string name, CancellationToken cancellationToken)
    {
        var (exitCode, user) = await Command.RunAsync(["id", "-u", name], cancellationToken);
        if (exitCode != 0)
        {
            return null;
        }

        var group = await Command.RequireAsync(["id", "-g", name], cancellationToken);
        return (int.Parse(user, CultureInfo.InvariantCulture), int.Parse(group, CultureInfo.InvariantCulture));
    }
}
