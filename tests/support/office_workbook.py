"""A timetable as offices have them: links to other workbooks and to mail, a pivot table, a sensitivity label."""

from functools import partial
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed

from tests.support.workbooks import with_part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


_PARTS = {
    "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1">'
    '<sheetNames><sheetName val="Staff"/></sheetNames></externalBook></externalLink>',
    "xl/externalLinks/_rels/externalLink1.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" '
    f'Type="{OFFICE}/externalLinkPath" Target="file:///S:/Staff%20list.xlsx" TargetMode="External"/></Relationships>',
    "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{MAIN}" saveData="0" refreshOnLoad="1">'
    '<cacheSource type="worksheet"><worksheetSource ref="A1:B3" sheet="Term"/></cacheSource><cacheFields count="2">'
    '<cacheField name="title"><sharedItems/></cacheField><cacheField name="presenter_email"><sharedItems count="1">'
    '<s v="ana.diaz@riverside.example"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
    "xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition xmlns="{MAIN}" name="Pivot" cacheId="7" dataCaption="Values">'
    '<location ref="A1:B3" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pivotFields count="2">'
    '<pivotField dataField="1"/><pivotField axis="axisRow"><items count="1"><item x="0"/></items></pivotField>'
    '</pivotFields><rowFields count="1"><field x="1"/></rowFields></pivotTableDefinition>',
    "xl/pivotTables/_rels/pivotTable1.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" '
    f'Type="{OFFICE}/pivotCacheDefinition" Target="../pivotCache/pivotCacheDefinition1.xml"/></Relationships>',
    "xl/worksheets/_rels/sheet2.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" '
    f'Type="{OFFICE}/pivotTable" Target="../pivotTables/pivotTable1.xml"/></Relationships>',
    "docMetadata/LabelInfo.xml": '<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"/>',
}
_TYPES = {
    "xl/externalLinks/externalLink1.xml": "externalLink",
    "xl/pivotCache/pivotCacheDefinition1.xml": "pivotCacheDefinition",
    "xl/pivotTables/pivotTable1.xml": "pivotTable",
}


def _instead(new: bytes, _: bytes) -> bytes:
    return new


def as_an_office_has_it(plain: Path) -> bytes:
    """A timetable with links to another workbook and to mail, beside a pivot table of it, under a label."""
    with xlsxwriter.Workbook(str(plain)) as book:
        sheet, _ = book.add_worksheet("Term"), book.add_worksheet("Pivot")
        sheet.write_row(0, 0, ("title", "presenter_email", "start_time", "duration", "time_zone"))
        for row, (title, minutes) in enumerate((("Maths", 50), ("Art", 500)), start=1):
            sheet.write_formula(row, 0, f"=[1]Staff!A{row}", None, title)
            sheet.write_url(row, 1, "mailto:ana.diaz@riverside.example", string="ana.diaz@riverside.example")
            sheet.write_row(row, 2, (f"2031-09-1{row} 09:00", minutes, "Europe/London"))
    data = plain.read_bytes()
    for part, xml in _PARTS.items():
        data = with_part(data, part, partial(_instead, xml.encode()))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    listed = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}.{name}+xml"/>' for part, name in _TYPES.items()
    )
    data = with_part(
        data, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", listed.encode() + b"</Types>")
    )
    related = "".join(
        f'<Relationship Id="{ident}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for ident, kind, target in (
            ("rId90", "externalLink", "externalLinks/externalLink1.xml"),
            ("rId91", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
        )
    )
    data = with_part(
        data,
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace(b"</Relationships>", related.encode() + b"</Relationships>"),
    )
    outside = b'</sheets><externalReferences><externalReference r:id="rId90"/></externalReferences>'
    pivots = b'<pivotCaches><pivotCache cacheId="7" r:id="rId91"/></pivotCaches></workbook>'
    return with_part(
        data,
        "xl/workbook.xml",
        lambda xml: xml.replace(b"</sheets>", outside).replace(b"</workbook>", pivots),
    )
