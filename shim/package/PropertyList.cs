using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Prestage.Package;

/// <summary>Apple's property lists as XML, written the same way every time.</summary>
internal static class PropertyList
{
    private const string PublicId = "-//Apple//DTD PLIST 1.0//EN";
    private const string SystemId = "http://www.apple.com/DTDs/PropertyList-1.0.dtd";

    /// <summary>A dictionary; pairs without a value are left out.</summary>
    public static XElement Dict(params IEnumerable<(string Key, object? Value)> pairs) => new(
        "dict",
        pairs.Where(pair => pair.Value is not null).SelectMany(pair => new[] { new XElement("key", pair.Key), Value(pair.Value!) }));

    public static XElement Array(params IEnumerable<object> values) => new("array", values.Select(Value));

    /// <summary>The whole file.</summary>
    public static string Write(XElement root, string comment)
    {
        var text = new StringBuilder();
        var form = new XmlWriterSettings { Indent = true, IndentChars = "  ", NewLineChars = "\n", OmitXmlDeclaration = true };
        using (var writer = XmlWriter.Create(text, form))
        {
            new XDocument(
                new XDocumentType("plist", PublicId, SystemId, null),
                new XComment($" {comment} "),
                new XElement("plist", new XAttribute("version", "1.0"), root)).Save(writer);
        }

        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n";
    }

    private static XElement Value(object value) => value switch
    {
        XElement element => element,
        bool flag => new XElement(flag ? "true" : "false"),
        int number => new XElement("integer", number.ToString(CultureInfo.InvariantCulture)),
        string text => new XElement("string", text),
        _ => throw new ArgumentException($"A property list has no {value.GetType().Name}.", nameof(value)),
    };
}
