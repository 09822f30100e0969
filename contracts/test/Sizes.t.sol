// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Snapshots} from "./Snapshots.sol";

/// @dev The size of every contract that ships, against what a chain takes and what it was.
contract SizesTest is Snapshots {
    uint256 private constant RUNTIME_LIMIT = 24_576;
    uint256 private constant CREATION_LIMIT = 49_152;

    function snapshotGroup() internal pure override returns (string memory) {
        return "sizes";
    }

    function test_every_contract_fits_on_a_chain() public {
        string[12] memory names = [
            "Works",
            "Admissions",
            "Operators",
            "Policy",
            "Gate",
            "KeyNetwork",
            "TestMoney",
            "BatchSettlement",
            "Erc3009Collector",
            "Permit2Collector",
            "Permit2",
            "Multicall3"
        ];
        for (uint256 i; i < names.length; ++i) {
            string memory path = string.concat("out/", names[i], ".sol/", names[i], ".json");
            uint256 runtime = vm.getDeployedCode(path).length;
            assertLe(runtime, RUNTIME_LIMIT, names[i]);
            assertLe(vm.getCode(path).length, CREATION_LIMIT, names[i]);
            keep(names[i], runtime);
        }
    }
}
