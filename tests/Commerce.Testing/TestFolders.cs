using System.Security.Cryptography;

namespace Commerce.Testing;

/// <summary>Fresh folders for the servers of tests.</summary>
internal static class TestFolders
{
    // Not Path.GetTempPath() alone: a TMPDIR of root's own is closed to the account that PostgreSQL then runs as.
    public static string New(string kind)
    {
        var parent = Environment.IsPrivilegedProcess && Directory.Exists("/tmp") ? "/tmp" : Path.GetTempPath();
        return Path.Combine(parent, $"commerce-test-{kind}-{RandomNumberGenerator.GetHexString(10, lowercase: true)}");
    }
}
