using System.Text;
using Commerce.Benchmarks.Harness;

namespace Commerce.Benchmarks.Reads;

/// <summary>Product pages, drawn by Zipf's law; right is a 200 with exactly the page's bytes.</summary>
public sealed class ReadTraffic : IHttpTraffic
{
    private const int Draws = 1 << 20;

    private readonly byte[][] _requests;
    private readonly byte[][] _bodies;
    private readonly int[] _draws = new int[Draws];
    private readonly int[] _asked;
    private int _at;

    public ReadTraffic(IReadOnlyList<(Guid Id, byte[] Body)> pages, int connections)
    {
        _requests = [.. pages.Select(page => Encoding.ASCII.GetBytes($"GET /api/v1/products/{page.Id:D} HTTP/1.1\r\nHost: shop\r\n\r\n"))];
        _bodies = [.. pages.Select(page => page.Body)];
        _asked = new int[connections];
        var share = new double[pages.Count];
        var sum = 0.0;
        for (var rank = 0; rank < share.Length; rank++)
        {
            sum += 1.0 / (rank + 1);
            share[rank] = sum;
        }

        var random = new Random(1);
        for (var i = 0; i < Draws; i++)
        {
            var found = Array.BinarySearch(share, random.NextDouble() * sum);
            _draws[i] = found < 0 ? ~found : found;
        }
    }

    public int Write(int connection, Span<byte> request)
    {
        var page = _asked[connection] = _draws[_at++ & (Draws - 1)];
        _requests[page].CopyTo(request);
        return _requests[page].Length;
    }

    public bool IsRight(int connection, in HttpAnswer answer) => answer.Status == 200 && answer.Body.SequenceEqual(_bodies[_asked[connection]]);
}

/// <summary>Every connection asks for the same page, once.</summary>
public sealed class StampedeTraffic((Guid Id, byte[] Body) page, int connections) : IHttpTraffic
{
    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET /api/v1/products/{page.Id:D} HTTP/1.1\r\nHost: shop\r\n\r\n");
    private readonly bool[] _asked = new bool[connections];

    public int Write(int connection, Span<byte> request)
    {
        if (_asked[connection])
        {
            return 0;
        }

        _asked[connection] = true;
        _request.CopyTo(request);
        return _request.Length;
    }

    public bool IsRight(int connection, in HttpAnswer answer) => answer.Status == 200 && answer.Body.SequenceEqual(page.Body);
}
