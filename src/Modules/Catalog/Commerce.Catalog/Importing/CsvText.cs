using System.Text;

namespace Commerce.Catalog.Importing;

/// <summary>
/// RFC 4180, streamed: records of fields, quoted ones with doubled quotes and line breaks inside. Fields are bounded, so memory is, whatever is sent;
/// a record with a longer field is told as one that cannot be read, and reading goes on behind it.
/// </summary>
internal sealed class CsvText(TextReader text, char delimiter = ',')
{
    /// <summary>Characters of a field at the most.</summary>
    public const int MaxField = 256 * 1024;

    private const int MaxFields = 2_000;
    private const int End = -1;

    private readonly char[] _buffer = new char[16 * 1024];
    private readonly StringBuilder _field = new();
    private readonly StringBuilder _raw = new();
    private int _at;
    private int _length;

    /// <summary>The last record as it stood in the file, without its line end; cut where a record is longer than any that can be imported.</summary>
    public string Raw => _raw.ToString().TrimEnd('\r', '\n');

    /// <summary>The fields of the next record; null with a fault for one that cannot be read, null without at the end.</summary>
    public async ValueTask<(List<string>? Fields, string? Fault)> ReadAsync(CancellationToken cancellationToken)
    {
        _raw.Clear();
        var fields = new List<string>();
        string? fault = null;
        var (quoted, wasQuoted, any) = (false, false, false);
        while (true)
        {
            var c = await NextAsync(cancellationToken);
            if (c == End)
            {
                fault = quoted ? "A quote is opened and never closed." : fault;
                return any ? Finish(fields, fault) : (null, fault);
            }

            any = true;
            if (quoted)
            {
                if (c != '"')
                {
                    Append((char)c, ref fault);
                }
                else if (await PeekAsync(cancellationToken) == '"')
                {
                    await NextAsync(cancellationToken);
                    Append('"', ref fault);
                }
                else
                {
                    quoted = false;
                }

                continue;
            }

            switch (c)
            {
                case '"' when _field.Length == 0 && !wasQuoted:
                    quoted = wasQuoted = true;
                    break;
                case '\n':
                    return Finish(fields, fault);
                case '\r' when await PeekAsync(cancellationToken) is '\n' or End:
                    break;
                default:
                    if (c == delimiter)
                    {
                        TakeField(fields, ref fault);
                        wasQuoted = false;
                        break;
                    }

                    Append((char)c, ref fault);
                    break;
            }
        }
    }

    private (List<string>? Fields, string? Fault) Finish(List<string> fields, string? fault)
    {
        TakeField(fields, ref fault);
        return fault is null ? (fields, null) : (null, fault);
    }

    private void TakeField(List<string> fields, ref string? fault)
    {
        if (fields.Count < MaxFields)
        {
            fields.Add(_field.ToString());
        }
        else
        {
            fault ??= $"A line has at most {MaxFields} cells.";
        }

        _field.Clear();
    }

    private void Append(char c, ref string? fault)
    {
        if (_field.Length < MaxField)
        {
            _field.Append(c);
        }
        else
        {
            fault ??= $"A cell has at most {MaxField} characters.";
        }
    }

    private async ValueTask<int> NextAsync(CancellationToken cancellationToken)
    {
        var c = await PeekAsync(cancellationToken);
        if (c != End)
        {
            _at++;
            if (_raw.Length < MaxField)
            {
                _raw.Append((char)c);
            }
        }

        return c;
    }

    private async ValueTask<int> PeekAsync(CancellationToken cancellationToken)
    {
        if (_at == _length)
        {
            (_at, _length) = (0, await text.ReadAsync(_buffer, cancellationToken));
        }

        return _at == _length ? End : _buffer[_at];
    }
}
