// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBatchSettlement} from "../../src/settlement/IBatchSettlement.sol";
import {KeyNode} from "../../src/Types.sol";
import {Base} from "../Base.sol";
import {LedgerHandler} from "./LedgerHandler.sol";
import {Parts} from "./Stage.sol";

/// @dev Whatever people, operators and owners do, in whatever order: README.md says in words what stays true.
contract LedgerInvariantTest is Base {
    error Broken(bytes4 act, uint256 step, bytes result);
    error NeverTaken(bytes4 act);
    error NeverRefused(bytes4 act);

    uint256 private constant STEPS = 4000;
    uint256 private constant MOST_PARAMETERS = 5;

    LedgerHandler internal handler;

    function setUp() public override {
        super.setUp();
        KeyNode[] memory members = new KeyNode[](1);
        members[0] = KeyNode("https://keeper.example", new bytes(48), address(1), 1, 7470);
        IBatchSettlement settlement = deploySettlement();
        handler = new LedgerHandler(
            Parts({
                works: works,
                operators: operators,
                policy: policy,
                admissions: admissions,
                gate: gate,
                keyNetwork: deployKeyNetwork(governor, members, 1, new bytes(48)),
                settlement: settlement,
                collector: deployArtifact("Erc3009Collector", abi.encode(settlement)),
                money: money,
                governor: governor,
                treasury: treasury
            })
        );
        handler.begin();
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), handler.acts()));
    }

    /// @dev After each call one part of the checks; each call's own effect is checked within the call, to the unit.
    function invariant_the_ledger_stands() public {
        uint256 calls = handler.calls();
        handler.check(calls, calls / handler.CHECK_PARTS());
    }

    function afterInvariant() public {
        handler.checkAll();
    }

    /// @dev The handler does what it is there for: every act takes place, and wherever an act can be illegal, it is tried
    /// illegally too. Without this, the campaign could hold over nothing.
    function test_every_act_takes_place_and_is_refused() public {
        bytes4[] memory acts = handler.acts();
        for (uint256 i; i < STEPS; ++i) {
            step(acts, i);
        }
        handler.checkAll();
        for (uint256 i; i < acts.length; ++i) {
            bool isNeverLegal = acts[i] == handler.buyForged.selector || acts[i] == handler.trespass.selector;
            if (!isNeverLegal && handler.taken(acts[i]) == 0) revert NeverTaken(acts[i]);
            if (!handler.isAlwaysLegal(acts[i]) && handler.refused(acts[i]) == 0) {
                revert NeverRefused(acts[i]);
            }
        }
    }

    function step(bytes4[] memory acts, uint256 number) internal {
        bytes32 seed = keccak256(abi.encode(number));
        bytes4 act = acts[uint256(seed) % acts.length];
        bytes memory words;
        for (uint256 word; word < MOST_PARAMETERS; ++word) {
            words = abi.encodePacked(words, keccak256(abi.encode(seed, word)));
        }
        (bool ok, bytes memory result) = address(handler).call(abi.encodePacked(act, words));
        if (!ok) revert Broken(act, number, result);
    }
}
