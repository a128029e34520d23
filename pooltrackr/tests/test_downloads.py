from pooltrackr.lib.downloads import csv_download


def test_a_long_file_goes_in_few_pieces_and_stays_whole() -> None:
    lines = [f"{number},Café\r\n" for number in range(1_234)]
    answer = csv_download(iter(lines), name="list.csv")
    pieces = list(answer.streaming_content)
    assert len(pieces) == 3
    assert b"".join(pieces).decode() == "".join(lines)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="list.csv"'
