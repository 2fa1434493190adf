"""Photos: only real ones come in, stripped and stored once; only who may see the record gets them out."""
import io
import os
import time
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict

from data_model import clock, storage
from data_model.actor import SYSTEM
from data_model.attachment import Attachment, hang
from data_model.hidden_danger import DangerSource, HiddenDanger
from data_model.organisation import OrgUnit, User
from data_model.session import unit_of_work
from engine.principals import actor_for
from engine.services import loose_files
from web.images import LONGEST, MAX_BYTES, BadPhoto, read_photo
from web.uploads import clean_name, with_photos

GPS = 0x8825


def picture(kind="JPEG", size=(640, 480), colour="teal", **more):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **more)
    return out.getvalue()


def taken_sideways_in_the_field():
    """A photo as a phone writes it: turned by EXIF, with the place it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[GPS] = 6, {1: "N", 2: (31.0, 10.0, 5.0), 3: "E", 4: (121.0, 20.0, 1.0)}
    return picture(size=(3000, 2000), exif=exif)


def send(visitor, content, name="照片.jpg"):
    """The body is written here: the test client would leave a temporary file open for a large one."""
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
    return visitor.post("/files", head.encode() + content + b"\r\n--edge--\r\n", content_type="multipart/form-data; boundary=edge",
                        headers={"Accept": "application/json"})


def kept_files(settings):
    return sorted(p for p in settings.storage.rglob("*") if p.is_file())


# ── in ──

def test_a_photo_comes_in_upright_small_and_without_its_place(visit, settings):
    wang = visit("wang")
    answer = send(wang, taken_sideways_in_the_field())
    assert answer.status_code == 201 and (answer.json["width"], answer.json["height"]) == (1365, LONGEST)
    whole = wang.get(answer.json["url"])
    kept = Image.open(io.BytesIO(whole.data))
    assert kept.size == (1365, LONGEST) and not kept.getexif() and b"Exif" not in whole.data
    assert max(Image.open(io.BytesIO(wang.get(answer.json["thumb"]).data)).size) == 320


def test_the_same_photo_is_stored_once(visit, settings):
    wang, li = visit("wang"), visit("li")
    first, second = send(wang, picture()), send(li, picture())
    assert first.json["id"] != second.json["id"]
    assert len(kept_files(settings)) == 2  # the photo and its thumb
    assert all(path.is_relative_to(settings.storage) and len(path.relative_to(settings.storage).parts) == 3 for path in kept_files(settings))


@pytest.mark.parametrize("content, words", [
    (b"", "空文件"), (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "只能上传"),
    (b"MZ" + bytes(500), "只能上传"), (picture("GIF"), "只能上传"), (picture("TIFF"), "只能上传"),
    (picture()[:900], "已损坏"), (picture("PNG")[:60], "已损坏"), (picture() + bytes(MAX_BYTES), "超过 10 MB"),
    (picture("PNG", (9000, 9000)), "像素过大"),
])
def test_what_is_no_photo_stays_outside_and_is_told_why(visit, settings, content, words):
    answer = send(visit("wang"), content)
    assert answer.status_code == 422 and words in answer.json["error"]
    assert kept_files(settings) == []


def test_the_words_come_in_english_too(visit):
    wang = visit("wang")
    wang.post("/language", {"language": "en"})
    assert send(wang, b"no photo").json["error"] == "Only JPEG, PNG and WebP photos can be uploaded"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1", "CMYK"])
def test_every_kind_of_picture_becomes_a_jpeg(kind, mode):
    out = io.BytesIO()
    try:
        Image.new("RGB", (50, 40), "red").convert(mode).save(out, kind)
    except OSError:
        pytest.skip(f"there is no {mode} {kind}")
    photo = read_photo(out.getvalue())
    assert Image.open(io.BytesIO(photo.content)).format == "JPEG" and (photo.width, photo.height) == (50, 40)


def test_a_transparent_picture_lies_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(read_photo(out.getvalue()).content)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow says so, and goes on
def test_broken_exif_does_not_cost_the_photo():
    assert read_photo(picture(exif=b"Exif\0\0II*\0\xff\xff\xff\x7f")).width == 640


@pytest.mark.parametrize("name, clean", [
    ("安全检查.PNG", "安全检查.jpg"), ("../../etc/passwd", "passwd.jpg"), ("C:\\fakepath\\a.jpg", "a.jpg"), ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"),
    ("photo\u202egpj.exe", "photogpj.jpg"), ("", "photo.jpg"), (None, "photo.jpg"), ("." * 9, "photo.jpg"), ("长" * 300 + ".jpg", "长" * 120 + ".jpg"),
])
def test_names_carry_no_tricks(name, clean):
    assert clean_name(name) == clean


@pytest.mark.parametrize("who, status", [("wang", 201), ("po", 201), ("admin", 403), ("au", 403), (None, 401)])
def test_who_may_upload(visit, who, status):
    assert send(visit(who), picture()).status_code == status


def test_without_scripts_files_become_ids_and_bad_ones_words(web_app, house, settings):
    with web_app.app_context():
        with unit_of_work(SYSTEM, write=False) as session:
            wang = actor_for(session, session.get_one(User, house["wang"]))
        files = MultiDict([("photos-file", FileStorage(io.BytesIO(picture()), "a.jpg")), ("photos-file", FileStorage(io.BytesIO(b"x"), "b.jpg")),
                           ("other", FileStorage(io.BytesIO(picture()), "c.jpg"))])
        form, wrong = with_photos(MultiDict([("photos", "7"), ("words", "hello")]), files, wang)
    assert len(form.getlist("photos")) == 2 and form["words"] == "hello" and isinstance(wrong["photos"], BadPhoto)


# ── out ──

@pytest.fixture
def hung(visit, web_app, house):
    """wang's photo on a danger of the filter grid, and one that hangs nowhere."""
    ids = [send(visit("wang"), picture(colour=colour)).json["id"] for colour in ("red", "blue")]
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        grid = session.get_one(OrgUnit, house["unit:filter"])
        danger = HiddenDanger(code="HD-1", grid_id=grid.id, org_path=grid.path, source=DangerSource.DIRECT, description="x", finder_id=house["wang"])
        session.add(danger)
        session.flush()
        assert hang(session, ids[:1], danger, "before", house["wang"])
    return {"hung": ids[0], "loose": ids[1]}


@pytest.mark.parametrize("who, hung_status, loose_status", [
    ("wang", 200, 200),  # its uploader
    ("li", 200, 404), ("chen", 200, 404), ("zhao", 200, 404), ("au", 200, 404),  # the company, the auditor
    ("qian", 404, 404), ("ga", 404, 404), ("admin", 404, 404),  # another company, the group (it is not a major one), no business data
    (None, 401, 401),
])
def test_who_may_see_a_photo(visit, hung, who, hung_status, loose_status):
    visitor = visit(who)
    for path in ("", "/thumb"):
        for which, status in (("hung", hung_status), ("loose", loose_status)):
            answer = visitor.get(f"/files/{hung[which]}{path}", headers={"Accept": "application/json"})
            assert answer.status_code == status, (which, path)


def test_photos_are_given_out_where_they_can_do_no_harm(visit, hung):
    wang = visit("wang")
    answer = wang.get(f"/files/{hung['hung']}")
    assert answer.content_type == "image/jpeg" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = wang.client.get(f"/files/{hung['hung']}", headers={"If-None-Match": answer.headers["ETag"]}, buffered=True)
    assert again.status_code == 304


def test_what_we_did_not_make_ourselves_is_a_download(visit, hung, web_app):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        file = session.get_one(Attachment, hung["hung"])
        file.media_type, file.name = "image/svg+xml", "图.svg"
    answer = visit("wang").get(f"/files/{hung['hung']}")
    assert answer.headers["Content-Disposition"].startswith("attachment") and "sandbox" in answer.headers["Content-Security-Policy"]


def test_numbers_of_files_that_are_not_there(visit):
    wang = visit("wang")
    assert [wang.get(f"/files/{number}").status_code for number in (0, 12345, 2**80)] == [404, 404, 404]


def test_the_path_of_a_file_is_no_address(visit, hung, settings):
    path = kept_files(settings)[0].relative_to(settings.storage)
    wang = visit("wang")
    assert {wang.get(address).status_code for address in (f"/{path}", f"/static/{path}", f"/static/../{path}", f"/files/{path}")} == {404}


# ── forgotten uploads ──

def test_photos_of_forms_never_sent_are_cleaned_after_a_day(web_app, visit, hung, settings):
    for path in kept_files(settings):
        os.utime(path, (time.time() - 2 * storage.DAY,) * 2)
    with web_app.app_context():
        with unit_of_work(SYSTEM) as session:
            assert loose_files.clean(session, settings.storage) == 0
        with clock.at(clock.now() + timedelta(hours=25)), unit_of_work(SYSTEM) as session:
            assert loose_files.clean(session, settings.storage) == 1
        with unit_of_work(SYSTEM, write=False) as session:
            assert session.scalars(select(Attachment.id)).all() == [hung["hung"]]
    assert len(kept_files(settings)) == 2


def test_bytes_that_another_photo_names_or_that_just_came_again_stay(tmp_path):
    mark = storage.keep(tmp_path, b"same")
    storage.discard(tmp_path, mark)
    assert storage.place(tmp_path, mark).read_bytes() == b"same"  # too young
    os.utime(storage.place(tmp_path, mark), (1, 1))
    assert storage.keep(tmp_path, b"same") == mark  # makes it young again
    storage.discard(tmp_path, mark)
    assert storage.place(tmp_path, mark).exists()
    os.utime(storage.place(tmp_path, mark), (1, 1))
    storage.discard(tmp_path, mark)
    assert not storage.place(tmp_path, mark).exists()
