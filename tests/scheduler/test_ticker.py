"""The ticker runs each job by its timetable, inside the application's context."""
import threading

from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from data_model.settings import Settings
from scheduler import app as ticker
from scheduler.jobs import JOBS, every


def settings_in(folder):
    return Settings(home=folder, database_url="", secret_key="", storage=folder)


def test_a_job_finds_its_database_and_ticks_again(app, tmp_path, monkeypatch):
    monkeypatch.setattr("scheduler.app.JOBS", [])
    ticks, twice = [], threading.Event()

    def look(settings):
        with unit_of_work(SYSTEM, write=False):
            ticks.append(settings.time_zone)
        if len(ticks) == 2:
            twice.set()

    running = ticker.start(app.app_context, settings_in(tmp_path), more=[(look, {"seconds": 1})])
    try:
        assert twice.wait(10) and ticks[0] == "Asia/Shanghai"
    finally:
        running.shutdown()


def test_every_job_of_the_house_has_a_timetable_and_runs_on_an_empty_house(house, tmp_path):
    assert {job.__name__ for job, _ in JOBS} >= {"fire_timers", "deliver_messages", "send_mail", "forget"}
    for job, interval in JOBS:
        assert interval
        job(settings_in(tmp_path))


def test_the_timetable_stands_beside_the_job():
    @every(minutes=3)
    def tea(settings):
        return None
    try:
        assert JOBS[-1] == (tea, {"minutes": 3})
    finally:
        JOBS.pop()
